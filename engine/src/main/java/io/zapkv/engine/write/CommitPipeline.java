package io.zapkv.engine.write;

import io.zapkv.api.ClosedException;
import io.zapkv.api.Durability;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.api.WriteBatch;
import io.zapkv.engine.base.EpochGate;
import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.engine.memtable.MemTable;
import io.zapkv.engine.version.VersionSet;
import io.zapkv.engine.wal.LogWriter;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/// Commits writes.
///
/// ```
///   wait where the policy says so
///   enter the write gate                      ┐
///     active memtable: claim, copy, link,     │ all that a BUFFERED write does
///     publish                                 │
///   exit                                      ┘
///   full? another memtable, again
///   DURABLE? the log, up to this sequence
/// ```
///
/// The claim fixes the order: a record's sequence is its place. Between claim and publication a
/// writer never waits for anything, so a gate that is awaited opens within the time of a copy; that
/// is what lets a snapshot be "everything claimed up to here", and a sealed memtable be complete.
///
/// **Threading.** Any thread, virtual ones too; no lock unless a memtable fills.
///
/// **Failures.** What [Health#checkWritable] and [Admission] throw, before anything happened; what
/// the log throws, after which the write is in memory, nobody knows what the device has, and the
/// store takes no more (F16).
public final class CommitPipeline {
  private final VersionSet versions;
  private final MemTables memTables;
  private final LogWriter log;
  private final EpochGate writeGate;
  private final Admission admission;
  private final Health health;
  private final Runnable flush;
  private final boolean isLogNeeded;
  private final Consumer<Throwable> logFailed;

  /// A pipeline into the active memtable of `versions`.
  ///
  /// @param flush writes all that is in memory to tables
  /// @param isLogNeeded whether a record survives the process in a zone only, because the device
  ///   has no memory that outlives it
  /// @param logFailed told why nobody knows any more what the log has on the device (F16)
  public CommitPipeline(
      VersionSet versions,
      MemTables memTables,
      LogWriter log,
      EpochGate writeGate,
      Admission admission,
      Health health,
      Runnable flush,
      boolean isLogNeeded,
      Consumer<Throwable> logFailed) {
    this.versions = versions;
    this.memTables = memTables;
    this.log = log;
    this.writeGate = writeGate;
    this.admission = admission;
    this.health = health;
    this.flush = flush;
    this.isLogNeeded = isLogNeeded;
    this.logFailed = logFailed;
  }

  /// Commits one record given as arrays.
  ///
  /// @param kind `PUT` or `DELETE` of [io.zapkv.engine.format.ValueKind]
  public void commit(int kind, byte[] key, byte[] value, Durability durability) {
    admission.admit(kind, RecordDescriptor.lengthBytes(key.length, value.length));
    while (true) {
      MemTable active;
      long sequence;
      int ticket = writeGate.enter();
      try {
        health.checkWritable();
        active = versions.current().active();
        sequence = active.add(kind, key, 0, key.length, value, 0, value.length);
      } finally {
        writeGate.exit(ticket);
      }
      if (sequence != MemTable.FULL) {
        settle(sequence, durability);
        return;
      }
      memTables.replace(active);
    }
  }

  /// Commits one record given as segments.
  ///
  /// @param kind `PUT` or `DELETE` of [io.zapkv.engine.format.ValueKind]
  public void commit(int kind, MemorySegment key, MemorySegment value, Durability durability) {
    int keyBytes = (int) key.byteSize();
    int valueBytes = (int) value.byteSize();
    admission.admit(kind, RecordDescriptor.lengthBytes(keyBytes, valueBytes));
    while (true) {
      MemTable active;
      long sequence;
      int ticket = writeGate.enter();
      try {
        health.checkWritable();
        active = versions.current().active();
        sequence = active.add(kind, key, 0, keyBytes, value, 0, valueBytes);
      } finally {
        writeGate.exit(ticket);
      }
      if (sequence != MemTable.FULL) {
        settle(sequence, durability);
        return;
      }
      memTables.replace(active);
    }
  }

  /// Commits a batch of at least one operation, as one.
  public void commit(WriteBatch batch, Durability durability) {
    admission.admit(batch);
    while (true) {
      MemTable active;
      long sequence;
      int ticket = writeGate.enter();
      try {
        health.checkWritable();
        active = versions.current().active();
        sequence = active.add(batch);
      } finally {
        writeGate.exit(ticket);
      }
      if (sequence != MemTable.FULL) {
        settle(sequence, durability);
        return;
      }
      memTables.replace(active);
    }
  }

  /// Where no zone is left for the log, tables do: a flush takes the record to one, and the zones
  /// of the log come free.
  private void settle(long sequence, Durability durability) {
    try {
      log(sequence, durability);
    } catch (OutOfSpaceException _) {
      flush.run();
    } catch (ClosedException e) {
      throw e; // the store was closed under this write, and nothing is wrong with the log
    } catch (RuntimeException | Error e) {
      logFailed.accept(e);
      throw e;
    }
  }

  private void log(long sequence, Durability durability) {
    switch (durability) {
      case BUFFERED -> {
        if (isLogNeeded) {
          log.append(sequence);
        }
      }
      case DURABLE -> log.sync(sequence);
    }
  }
}
