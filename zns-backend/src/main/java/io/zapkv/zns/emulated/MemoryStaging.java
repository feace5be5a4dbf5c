package io.zapkv.zns.emulated;

import io.zapkv.zns.StagingException;
import io.zapkv.zns.StagingStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/// Staging for a device in memory: it lives as long as the device's zones do.
///
/// **Threading.** Any thread.
///
/// **Memory.** A deleted piece keeps its memory until the zones go: its mapping must stay valid.
final class MemoryStaging implements StagingStore {
  private static final long PAGE_BYTES = 4096;

  private final ReentrantLock lock = new ReentrantLock();
  private final TreeMap<String, MemorySegment> pieces = new TreeMap<>();
  private final Arena arena;

  MemoryStaging(Arena arena) {
    this.arena = arena;
  }

  @Override
  public MemorySegment map(String name, long bytes) {
    StagingNames.check(name, bytes);
    lock.lock();
    try {
      MemorySegment piece = pieces.get(name);
      if (piece == null) {
        piece = arena.allocate(bytes, PAGE_BYTES);
        pieces.put(name, piece);
      }
      if (piece.byteSize() != bytes) {
        throw StagingNames.otherLength(name, piece.byteSize(), bytes);
      }
      return piece;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<String> names() {
    lock.lock();
    try {
      return List.copyOf(pieces.keySet());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void delete(String name) {
    lock.lock();
    try {
      pieces.remove(name);
    } finally {
      lock.unlock();
    }
  }

  /// The same pieces for a reader: it can neither change nor make nor delete one.
  StagingStore readOnly() {
    return new ReadOnly();
  }

  private final class ReadOnly implements StagingStore {
    @Override
    public MemorySegment map(String name, long bytes) {
      if (!names().contains(name)) {
        throw StagingNames.readOnly(name);
      }
      return MemoryStaging.this.map(name, bytes).asReadOnly();
    }

    @Override
    public List<String> names() {
      return MemoryStaging.this.names();
    }

    @Override
    public void delete(String name) throws StagingException {
      throw StagingNames.readOnly(name);
    }
  }
}
