package io.zapkv.engine.wal;

import io.zapkv.api.ClosedException;
import io.zapkv.api.DeviceException;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.engine.append.AppendStream;
import io.zapkv.engine.append.ChunkBuffer;
import io.zapkv.engine.append.ChunkStamp;
import io.zapkv.engine.append.ZoneSource;
import io.zapkv.engine.base.Invariants;
import io.zapkv.engine.base.SpinWait;
import io.zapkv.engine.format.EnvelopeKind;
import io.zapkv.engine.format.LogChunkDescriptor;
import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.engine.format.SegmentHeaderDescriptor;
import io.zapkv.engine.staging.StagingSegment;
import io.zapkv.engine.zone.Extent;
import io.zapkv.engine.zone.ZoneLedger;
import io.zapkv.zns.ZonedDevice;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Takes the staging log to zones: whoever needs a record there takes along everything before it,
/// and everybody else's that came meanwhile.
///
/// ```
///   sync(s) ── already there? ─────────────────────────────► return
///      │ no, somebody leads ── wait for the end of the turn ─┘
///      └ no ── lead: staging up to its tail ─► chunks ─► landed ─► one sync for each zone ─► all return
/// ```
///
/// **Threading.** Any thread. One leads at a time, outside the lock; the others park.
///
/// **Memory.** The stream's buffers. A segment is read from [#segmentStarted] until [#released].
///
/// **Bounds.** Chunks of at most 128 KiB, eight in flight.
///
/// **Failures.** A failed write or sync is final (F16): every later call that needs the device
/// throws with the first failure as its cause. No zone to be had is not: [OutOfSpaceException], and
/// the next call tries again.
public final class LogWriter implements AutoCloseable {
  private static final int IN_FLIGHT_MAX = 8;

  private final AppendStream stream;
  private final ZoneLedger ledger;
  private final String device;
  private final int bytesMax; // of a segment, in one chunk

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition turnEnded = lock.newCondition();

  // Under the lock.
  private final ArrayDeque<StagingSegment> segments = new ArrayDeque<>(); // not wholly logged
  private boolean leading;
  private @Nullable Throwable poison;
  private boolean closed;

  // The leader's.
  private final List<LogFile> files = new ArrayList<>(); // wholly logged segments
  private @Nullable StagingSegment current; // whose file the stream is writing
  private long currentOffset; // what is before has been given to the stream
  private long resolvedOffset; // where a claim starts; those before are over
  private long currentBlocks;

  private volatile long appendedTo = Long.MIN_VALUE; // lower sequences are in zones or tables
  private volatile long syncedTo = Long.MIN_VALUE; // and survive a power cut
  private volatile long logBlocks;

  /// A log without segments.
  ///
  /// @param zones leases zones for the log
  /// @param ledger counts what lives in them
  /// @param storeId drawn at random when the store was made
  /// @param epoch how often the store had been opened for writing
  public LogWriter(
      ZonedDevice device, ZoneSource zones, ZoneLedger ledger, long storeId, int epoch) {
    this.stream =
        new AppendStream(
            device,
            zones,
            new ChunkStamp(storeId, epoch, 0),
            AppendStream.CHUNK_BYTES_MAX,
            IN_FLIGHT_MAX);
    this.ledger = ledger;
    this.device = device.name();
    this.bytesMax =
        (stream.payloadBytesMax() - LogChunkDescriptor.HEADER_BYTES) & -RecordDescriptor.ALIGNMENT;
  }

  /// Tells of the segment that takes the writes from now on. Requires: the one before is sealed,
  /// and this one starts where that one ended. Of the first one: whatever was before is durable.
  public void segmentStarted(StagingSegment segment) {
    lock.lock();
    try {
      if (appendedTo == Long.MIN_VALUE) {
        appendedTo = segment.baseSequence();
        syncedTo = segment.baseSequence();
      }
      StagingSegment before = segments.peekLast();
      Invariants.check(
          before == null || (before.isSealed() && before.endSequence() == segment.baseSequence()),
          "a segment starts where the one before was sealed");
      segments.addLast(segment);
    } finally {
      lock.unlock();
    }
  }

  /// Makes the published record with `sequence`, and all before it, survive a power cut.
  ///
  /// @throws ClosedException where the log was closed before it did
  public void sync(long sequence) {
    reach(sequence, true);
  }

  /// Makes the published record with `sequence`, and all before it, land in zones, so that it
  /// survives this process: what BUFFERED needs where there is no staging store.
  ///
  /// @throws ClosedException where the log was closed before they did
  public void append(long sequence) {
    reach(sequence, false);
  }

  /// Every record with a lower sequence survives a power cut.
  public long syncedSequence() {
    return syncedTo;
  }

  /// Blocks of log zones that are needed until their records are in tables.
  public long logBlocks() {
    return logBlocks;
  }

  /// All records below `floorSequence` are in tables, durably: their segments are read no more, and
  /// what the log holds of them is given up.
  public void released(long floorSequence) {
    takeTurn();
    try {
      dropSegments(floorSequence);
      for (LogFile file : files) {
        if (file.endSequence <= floorSequence) {
          ledger.drop(file.extents);
        }
      }
      files.removeIf(file -> file.endSequence <= floorSequence);
      appendedTo = Math.max(appendedTo, floorSequence);
      syncedTo = Math.max(syncedTo, floorSequence);
      countBlocks();
    } finally {
      endTurn();
    }
  }

  /// Waits for what is in flight and gives the zone back; what is only in staging stays there.
  /// Idempotent.
  @Override
  public void close() {
    takeTurn();
    try {
      if (!closed) {
        closed = true;
        stream.close();
      }
    } finally {
      endTurn();
    }
  }

  private boolean isReached(long sequence, boolean durable) {
    return (durable ? syncedTo : appendedTo) > sequence;
  }

  private void reach(long sequence, boolean durable) {
    if (isReached(sequence, durable)) {
      return;
    }
    lock.lock();
    try {
      while (leading) {
        turnEnded.awaitUninterruptibly();
        if (isReached(sequence, durable)) {
          return;
        }
      }
      throwIfUnusable();
      if (isReached(sequence, durable)) {
        return;
      }
      leading = true;
    } finally {
      lock.unlock();
    }
    try {
      lead(durable);
      Invariants.check(
          isReached(sequence, durable), "a record of a segment the log was not told of");
    } catch (OutOfSpaceException e) {
      throw e; // nothing is lost, and there may be room next time
    } catch (RuntimeException | Error e) {
      poison(e);
      throw e;
    } finally {
      endTurn();
    }
  }

  private void takeTurn() {
    lock.lock();
    try {
      while (leading) {
        turnEnded.awaitUninterruptibly();
      }
      leading = true;
    } finally {
      lock.unlock();
    }
  }

  private void endTurn() {
    lock.lock();
    try {
      leading = false;
      turnEnded.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void lead(boolean durable) {
    long end = appendedTo;
    StagingSegment segment = oldest();
    while (segment != null) {
      boolean isLast = isNewest(segment);
      // A segment that is not the newest is sealed; of the newest, what is there now.
      end = copyTo(segment, segment.tailBytes());
      if (isLast) {
        break;
      }
      finishFile(segment);
      segment = oldest();
    }
    stream.drain();
    appendedTo = Math.max(appendedTo, end);
    countBlocks();
    if (durable) {
      stream.sync();
      syncedTo = appendedTo;
    }
  }

  /// Appends what is not in the log yet of `segment` below `limit`; returns the sequence there.
  private long copyTo(StagingSegment segment, long limit) {
    if (current != segment) {
      stream.begin(segment.number());
      current = segment;
      currentOffset = SegmentHeaderDescriptor.BYTES;
      resolvedOffset = currentOffset;
      currentBlocks = 0;
    }
    while (currentOffset < limit) {
      long end = Math.min(limit, currentOffset + bytesMax);
      awaitResolved(segment, end);
      appendChunk(segment, (int) (end - currentOffset));
    }
    return segment.sequence(limit);
  }

  /// Waits until no claim below `end` is in progress; claimers are a few instructions from done.
  private void awaitResolved(StagingSegment segment, long end) {
    for (int tries = 0; resolvedOffset < end; tries++) {
      resolvedOffset = segment.resolvedTo(resolvedOffset, end);
      if (resolvedOffset < end) {
        SpinWait.once(tries);
      }
    }
  }

  private void appendChunk(StagingSegment segment, int bytes) {
    ChunkBuffer chunk = stream.buffer();
    MemorySegment payload = chunk.payload();
    LogChunkDescriptor.write(payload, syncedTo, segment.tag());
    long from = currentOffset;
    MemorySegment.copy(segment.memory(), from, payload, LogChunkDescriptor.HEADER_BYTES, bytes);
    // From here on the chunk is the stream's to deliver, whatever it throws now.
    currentOffset = from + bytes;
    int payloadBytes = LogChunkDescriptor.HEADER_BYTES + bytes;
    currentBlocks += stream.chunkBlocks(payloadBytes);
    stream.submit(chunk, EnvelopeKind.LOG, segment.sequence(from), payloadBytes);
  }

  /// Ends the file of a segment that is wholly in the log.
  private void finishFile(StagingSegment segment) {
    stream.drain();
    files.add(new LogFile(segment.endSequence(), currentBlocks, stream.extents()));
    forgetCurrent();
    lock.lock();
    try {
      segments.removeFirst();
    } finally {
      lock.unlock();
    }
  }

  /// Forgets segments whose records are all in tables before the log ever held them all.
  private void dropSegments(long floorSequence) {
    lock.lock();
    try {
      StagingSegment oldest = segments.peekFirst();
      while (oldest != null && oldest.isSealed() && oldest.endSequence() <= floorSequence) {
        if (oldest == current) {
          stream.abandon();
          forgetCurrent();
        }
        segments.removeFirst();
        oldest = segments.peekFirst();
      }
    } finally {
      lock.unlock();
    }
  }

  private void forgetCurrent() {
    current = null;
    currentBlocks = 0;
  }

  private void countBlocks() {
    long blocks = currentBlocks;
    for (LogFile file : files) {
      blocks += file.blocks;
    }
    logBlocks = blocks;
  }

  private @Nullable StagingSegment oldest() {
    lock.lock();
    try {
      return segments.peekFirst();
    } finally {
      lock.unlock();
    }
  }

  private boolean isNewest(StagingSegment segment) {
    lock.lock();
    try {
      return segments.peekLast() == segment;
    } finally {
      lock.unlock();
    }
  }

  private void poison(Throwable first) {
    lock.lock();
    try {
      poison = first;
    } finally {
      lock.unlock();
    }
  }

  private void throwIfUnusable() {
    if (closed) { // under a writer whose record was in memory already
      throw new ClosedException(device);
    }
    if (poison != null) {
      throw new DeviceException(
          device + ": the log",
          "all earlier writes to have succeeded",
          poison.toString(),
          "close the store and open it again: what was acknowledged is on the device",
          poison);
    }
  }

  /// What the log holds of one segment.
  private record LogFile(long endSequence, long blocks, List<Extent> extents) {}
}
