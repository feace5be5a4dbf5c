package io.zapkv.engine.write;

import io.zapkv.api.DeviceException;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.engine.base.EpochGate;
import io.zapkv.engine.base.Signal;
import io.zapkv.engine.memtable.IndexMemory;
import io.zapkv.engine.memtable.MemTable;
import io.zapkv.engine.staging.StagingArea;
import io.zapkv.engine.staging.StagingSegment;
import io.zapkv.engine.version.SuperVersion;
import io.zapkv.engine.version.VersionSet;
import io.zapkv.engine.wal.LogWriter;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Puts a fresh memtable in the place of a full one, and says which sealed one is to be flushed.
///
/// ```
///   active ── full: seal ──► sealed, newest first … oldest ──► flushed
///     ▲                                                 │
///     └─────────── segment from the staging area ◄──────┘
/// ```
///
/// **Threading.** Any thread, [#prepare] one at a time. Whoever meets a full memtable replaces it;
/// the others wait for that.
///
/// **Bounds.** At most `tablesMax` memtables; where that many are not flushed yet, the caller
/// waits.
public final class MemTables implements AutoCloseable {
  private final VersionSet versions;
  private final StagingArea area;
  private final LogWriter log;
  private final EpochGate writeGate;
  private final Health health;
  private final int tablesMax;
  private final Signal progress;
  private final Runnable sealed;
  private final Runnable requireRoom;
  private final ReentrantLock replacing = new ReentrantLock();
  private final AtomicReference<@Nullable IndexMemory> indexMemory = new AtomicReference<>();
  private volatile long lastRecords; // of the memtable filled last

  /// Puts fresh memtables in the place of full ones.
  ///
  /// @param progress raised when background work has come further, or will not
  /// @param sealed told when a memtable was sealed
  /// @param requireRoom throws where waiting for a flush would be in vain
  public MemTables(
      VersionSet versions,
      StagingArea area,
      LogWriter log,
      EpochGate writeGate,
      Health health,
      int tablesMax,
      Signal progress,
      Runnable sealed,
      Runnable requireRoom) {
    this.versions = versions;
    this.area = area;
    this.log = log;
    this.writeGate = writeGate;
    this.health = health;
    this.tablesMax = tablesMax;
    this.progress = progress;
    this.sealed = sealed;
    this.requireRoom = requireRoom;
  }

  /// Makes sure that `full` is not the active memtable any more. Not called from inside the write
  /// gate.
  public void replace(MemTable full) {
    while (true) {
      long seen = progress.count();
      replacing.lock();
      try {
        health.checkWritable();
        SuperVersion now = versions.current();
        if (now.active() != full) {
          return;
        }
        if (hasRoom()) {
          // What a flush is about to give back, or has just given up, is memory for the next one.
          boolean isMemoryComing = now.sealedCount() > 0 || versions.isGivingBack();
          try {
            activateNext(full);
            return;
          } catch (OutOfSpaceException e) {
            if (!isMemoryComing) {
              throw e;
            }
          }
        }
      } finally {
        replacing.unlock();
      }
      try {
        requireRoom.run();
      } catch (OutOfSpaceException e) {
        if (progress.count() == seen && versions.current().active() == full) {
          throw e;
        }
      }
      progress.awaitPast(seen);
    }
  }

  /// Whether there may be one more memtable than there are.
  private boolean hasRoom() {
    return versions.current().sealedCount() + 1 < tablesMax;
  }

  private void activateNext(MemTable full) {
    long end = full.seal();
    StagingSegment segment = area.next(end);
    IndexMemory ready = indexMemory.getAndSet(null);
    MemTable next =
        ready == null ? new MemTable(segment, full.records()) : new MemTable(segment, ready);
    lastRecords = full.records();
    // The log learns of the segment before any writer can ask it to sync a record there.
    log.segmentStarted(segment);
    versions.rotate(next);
    sealed.run();
  }

  /// Fetches the memory of the next memtable, so that no writer waits for it; also while there may
  /// not be one more, since a flushed one gives its memory back only when its last reader has left.
  /// Where there is none, the writer that needs it will be told.
  public void prepare() {
    long records = lastRecords;
    if (records > 0 && indexMemory.get() == null) {
      indexMemory.set(IndexMemory.of(records));
    }
    try {
      area.prepare();
    } catch (OutOfSpaceException | DeviceException _) {
      // the writer that needs it will be told
    }
  }

  /// The oldest sealed memtable, complete: no writer is inside it any more. Null where none is
  /// sealed.
  public @Nullable MemTable oldestSealed() {
    SuperVersion now = versions.current();
    if (now.sealedCount() == 0) {
      return null;
    }
    MemTable oldest = now.sealed(now.sealedCount() - 1);
    writeGate.awaitQuiescence();
    return oldest;
  }

  /// Gives back the memory made ready. Nobody prepares or replaces any more. Idempotent.
  @Override
  public void close() {
    IndexMemory ready = indexMemory.getAndSet(null);
    if (ready != null) {
      ready.close();
    }
  }
}
