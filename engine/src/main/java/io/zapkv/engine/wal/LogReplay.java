package io.zapkv.engine.wal;

import io.zapkv.engine.append.BlockSource;
import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.engine.staging.RecordWalker;
import io.zapkv.engine.staging.StagingArea.RecoveredSegment;
import io.zapkv.engine.staging.StagingSegment;
import io.zapkv.engine.wal.LogChunks.LogChunk;
import io.zapkv.engine.zone.ZoneLedger;
import io.zapkv.zns.ZoneReport;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Puts together what zones and staging memory hold of the log after a crash, and hands out its
/// records: a prefix of what was written, in order, each batch whole.
///
/// It changes nothing, so that it may be repeated after another crash (F24).
///
/// **Threading.** One thread, before the store serves.
///
/// **Memory.** A chunk's description for each log chunk above the floor, and a copy of the log of
/// one segment at a time.
///
/// **Failures.** What the source throws. What is missing is in the report.
public final class LogReplay {
  /* The log is one string of bytes, addressed by sequence: segments follow one another without a gap,
   * and so do their chunks. So the replay has one number, the place it has reached, and asks again and
   * again who holds the next record there: memory that outlived the process, the log, memory that may
   * have been torn. Where nobody does, it ends (F2).
   *
   * Epochs: a store that is reopened starts its log far above everything that could have been written
   * before, and moves its floor there before it serves. So the epoch whose log is wanted is the one
   * that holds the floor; where a crash came in between, that is still the older one.
   */
  private static final long FENCE = 1L << 32; // 32 GiB of log: more than may be on its way unseen

  private final LogChunks chunks;
  private final List<RecoveredSegment> segments;
  private final RecordSink sink;
  private long position;
  private long records;
  private long steppedOverBytes;
  private boolean damaged;

  private LogReplay(
      LogChunks chunks, List<RecoveredSegment> segments, long floorSequence, RecordSink sink) {
    this.chunks = chunks;
    this.segments = segments;
    this.sink = sink;
    this.position = floorSequence;
  }

  /// Replays the log of store `storeId` from `floorSequence` on.
  ///
  /// @param zones those in which no table lives and which are not metadata
  /// @param givenUp zones that are known to hold no log that is needed, should they be offline
  /// @param ledger knows each zone's generation (D19)
  /// @param recovered what the staging area found
  /// @param floorSequence all records below are in tables
  public static ReplayReport replay(
      BlockSource source,
      long storeId,
      List<ZoneReport> zones,
      Set<Integer> givenUp,
      ZoneLedger ledger,
      List<RecoveredSegment> recovered,
      long floorSequence,
      RecordSink sink) {
    LogChunks chunks = new LogChunks(source, storeId, floorSequence);
    for (ZoneReport zone : zones) {
      chunks.scan(zone, ledger);
    }
    long highest = chunks.highestSequence();
    int newest = chunks.newestEpochAt(floorSequence);
    for (RecoveredSegment segment : recovered) {
      highest = Math.max(highest, segment.segment().sequence(segment.segment().segmentBytes()));
      if (holds(segment, floorSequence)) {
        newest = Math.max(newest, segment.segment().epoch());
      }
    }
    boolean isFresh =
        chunks.size() == 0
            && chunks.staleChunks() == 0
            && chunks.offlineZones().isEmpty()
            && chunks.unreadableZones().isEmpty()
            && recovered.isEmpty();
    int epoch = newest;
    long promised = chunks.promisedSequence();
    chunks.keepOnly(epoch);
    LogReplay replay =
        new LogReplay(
            chunks,
            recovered.stream().filter(found -> found.segment().epoch() == epoch).toList(),
            floorSequence,
            sink);
    // A segment is given back when the floor has passed it: memory that holds the floor, and was
    // not lost since, holds all that came after it, too.
    boolean isAllInMemory = replay.holder(true) != null;
    List<Integer> lost = new ArrayList<>(chunks.offlineZones());
    List<Integer> unreadable = new ArrayList<>(chunks.unreadableZones());
    for (List<Integer> missing : List.of(lost, unreadable)) {
      missing.removeIf(zone -> isAllInMemory || givenUp.contains(zone));
    }
    replay.run();
    return new ReplayReport(
        replay.records,
        (replay.position - floorSequence) * RecordDescriptor.ALIGNMENT,
        floorSequence,
        replay.position,
        promised,
        isFresh ? floorSequence : highest + FENCE,
        epoch,
        chunks.size(),
        chunks.staleChunks(),
        replay.steppedOverBytes,
        lost,
        unreadable,
        replay.damaged,
        chunks.highestSequence() > replay.position);
  }

  /// Whether a zone holds anything of the log of store `storeId` that reaches above the floor, of
  /// whatever epoch and generation: sequences above it must not be given out again.
  public static boolean isLog(
      BlockSource source, long storeId, ZoneReport zone, ZoneLedger ledger, long floorSequence) {
    LogChunks chunks = new LogChunks(source, storeId, floorSequence);
    chunks.scan(zone, ledger);
    return !chunks.offlineZones().isEmpty()
        || !chunks.unreadableZones().isEmpty()
        || chunks.highestSequence() > floorSequence;
  }

  private void run() {
    boolean isProgress = true;
    while (isProgress) {
      isProgress = fromMemory(true) || fromLog() || fromMemory(false) || overUnpublishedEnd();
    }
  }

  private boolean fromMemory(boolean trusted) {
    damaged = damaged && !trusted;
    RecoveredSegment holder = holder(trusted);
    if (holder == null) {
      return false;
    }
    RecordWalker walker = holder.walk(position);
    boolean isProgress = hand(walker, holder.segment().memory());
    damaged |= trusted && walker.isHaltedByDamage();
    return isProgress;
  }

  private boolean fromLog() {
    List<LogChunk> run = chunks.runFrom(position);
    if (run.isEmpty()) {
      return false;
    }
    long bytes = (run.getLast().endSequence() - position) * RecordDescriptor.ALIGNMENT;
    long readable = Math.min(bytes, StagingSegment.BYTES_MAX); // no segment is longer
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment image = arena.allocate(readable, RecordDescriptor.ALIGNMENT);
      long at = 0;
      for (LogChunk chunk : run) {
        long from = position + at / RecordDescriptor.ALIGNMENT;
        long wanted =
            Math.min(readable - at, (chunk.endSequence() - from) * RecordDescriptor.ALIGNMENT);
        chunks.read(chunk, from, image.asSlice(at, wanted));
        at += wanted;
      }
      return hand(
          new RecordWalker(
              image, run.getFirst().tag(), position, 0, readable, RecordWalker.Gaps.STOP),
          image);
    }
  }

  /// A sealed segment may end in claims that their claimers never published; the next segment says
  /// where it ended.
  private boolean overUnpublishedEnd() {
    RecoveredSegment holder = holder(true);
    if (holder == null || damaged) {
      return false;
    }
    for (RecoveredSegment next : segments) {
      long base = next.segment().baseSequence();
      if (next.isTrusted()
          && next.segment().number() == holder.segment().number() + 1
          && base > position
          && base <= holder.segment().endSequence()) {
        steppedOverBytes += (base - position) * RecordDescriptor.ALIGNMENT;
        position = base;
        return true;
      }
    }
    return false;
  }

  private boolean hand(RecordWalker walker, MemorySegment memory) {
    long before = position;
    while (walker.next()) {
      long offset = walker.offset();
      int keyBytes = RecordDescriptor.keyBytes(memory, offset);
      long keyOffset = offset + RecordDescriptor.HEADER_BYTES;
      sink.record(
          RecordDescriptor.kind(memory, offset),
          memory,
          keyOffset,
          keyBytes,
          keyOffset + keyBytes,
          RecordDescriptor.valueBytes(memory, offset),
          walker.sequence());
      records++;
    }
    steppedOverBytes += walker.steppedOverBytes();
    position = walker.endSequence();
    return position > before;
  }

  /// The newest segment of this trust that holds the place reached.
  private @Nullable RecoveredSegment holder(boolean trusted) {
    RecoveredSegment newest = null;
    for (RecoveredSegment segment : segments) {
      if (segment.isTrusted() == trusted
          && holds(segment, position)
          && (newest == null
              || segment.segment().baseSequence() >= newest.segment().baseSequence())) {
        newest = segment;
      }
    }
    return newest;
  }

  private static boolean holds(RecoveredSegment found, long sequence) {
    StagingSegment segment = found.segment();
    return segment.baseSequence() <= sequence
        && sequence < segment.sequence(segment.segmentBytes());
  }
}
