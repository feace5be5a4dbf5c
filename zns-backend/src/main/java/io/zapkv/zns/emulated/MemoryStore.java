package io.zapkv.zns.emulated;

import io.zapkv.ring.RingFile;
import io.zapkv.ring.pool.MemoryFile;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.StagingStore;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Zones in memory.
///
/// **Threading.** Any thread.
final class MemoryStore implements ZoneStore {
  private final MemoryContents contents;
  private final MemorySegment words;
  private final boolean readOnly;
  private final @Nullable KeptMemory kept;
  private final RingFile nothingToSync = new MemoryFile(MemorySegment.NULL);

  /// @param kept where the contents stay when this is closed; null: they go
  MemoryStore(MemoryContents contents, @Nullable KeptMemory kept, boolean readOnly) {
    this.contents = contents;
    this.kept = kept;
    this.readOnly = readOnly;
    words = contents.words();
  }

  @Override
  public Geometry geometry() {
    return contents.geometry();
  }

  @Override
  public MemorySegment words() {
    return words;
  }

  @Override
  public void attach(EmulatedZones zones) {}

  @Override
  public RingFile zone(int zone) {
    return contents.file(zone);
  }

  @Override
  public int prepare(int zone) {
    return 0;
  }

  @Override
  public RingFile allZones() {
    return nothingToSync;
  }

  @Override
  public @Nullable RingFile discard(int zone) {
    return null;
  }

  @Override
  public @Nullable MemorySegment mapped(int zone) {
    return contents.zone(zone).asReadOnly();
  }

  @Override
  public StagingStore staging() {
    return readOnly ? contents.staging().readOnly() : contents.staging();
  }

  @Override
  public boolean isReadOnly() {
    return readOnly;
  }

  @Override
  public boolean isVolatile() {
    return kept == null;
  }

  @Override
  public void close() {
    KeptMemory keeper = kept;
    if (keeper == null) {
      contents.close();
    } else {
      keeper.giveBack(contents);
    }
  }
}
