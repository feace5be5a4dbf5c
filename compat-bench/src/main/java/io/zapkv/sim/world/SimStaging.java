package io.zapkv.sim.world;

import io.zapkv.zns.StagingStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The memory of one process that outlives it, if the world lets it.
final class SimStaging implements StagingStore, AutoCloseable {
  private static final long PAGE_BYTES = 4096;

  private final Arena arena = Arena.ofShared();
  private final TreeMap<String, MemorySegment> pieces = new TreeMap<>();

  SimStaging(Map<String, byte[]> kept) {
    kept.forEach((name, bytes) -> {
      MemorySegment piece = arena.allocate(bytes.length, PAGE_BYTES);
      MemorySegment.copy(bytes, 0, piece, ValueLayout.JAVA_BYTE, 0, bytes.length);
      pieces.put(name, piece);
    });
  }

  @Override
  public MemorySegment map(String name, long bytes) {
    MemorySegment piece = pieces.computeIfAbsent(name, _ -> arena.allocate(bytes, PAGE_BYTES));
    if (piece.byteSize() != bytes) {
      throw new IllegalStateException(name + " is " + piece.byteSize() + " bytes, not " + bytes);
    }
    return piece;
  }

  @Override
  public List<String> names() {
    return List.copyOf(pieces.keySet());
  }

  @Override
  public void delete(String name) {
    pieces.remove(name);
  }

  void saveTo(Map<String, byte[]> kept) {
    kept.clear();
    pieces.forEach((name, piece) -> kept.put(name, piece.toArray(ValueLayout.JAVA_BYTE)));
  }

  @Override
  public void close() {
    arena.close();
  }
}
