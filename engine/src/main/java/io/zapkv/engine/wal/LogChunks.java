package io.zapkv.engine.wal;

import io.zapkv.engine.append.BlockSource;
import io.zapkv.engine.append.ChunkWalker;
import io.zapkv.engine.format.Envelope;
import io.zapkv.engine.format.EnvelopeKind;
import io.zapkv.engine.format.LogChunkDescriptor;
import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.engine.zone.ZoneLedger;
import io.zapkv.zns.ZoneReport;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The log chunks found in a set of zones: what they are and where, not their bytes.
///
/// **Threading.** One thread.
///
/// **Bounds.** One small object for each chunk that reaches beyond the floor.
final class LogChunks {
  private final BlockSource source;
  private final long storeId;
  private final long floorSequence;
  private final List<LogChunk> chunks = new ArrayList<>();

  private long highestSequence;
  private long staleChunks;
  private final List<Integer> offlineZones = new ArrayList<>();
  private final List<Integer> unreadableZones = new ArrayList<>();

  LogChunks(BlockSource source, long storeId, long floorSequence) {
    this.source = source;
    this.storeId = storeId;
    this.floorSequence = floorSequence;
    this.highestSequence = floorSequence;
  }

  /// Looks through one zone (F5: hole or not, the search goes on at the next block).
  void scan(ZoneReport report, ZoneLedger ledger) {
    long endBlock =
        switch (report.state()) {
          case EMPTY -> 0;
          case IMPLICITLY_OPEN, EXPLICITLY_OPEN, CLOSED -> report.writePointerBlocks();
          case FULL, READ_ONLY -> report.capacityBlocks(); // the pointer says nothing (D16)
          case OFFLINE -> {
            offlineZones.add(report.zone());
            yield 0;
          }
        };
    boolean isOther = false;
    try (ChunkWalker walker = new ChunkWalker(source, report.zone(), endBlock)) {
      while (walker.next()) {
        isOther |= walker.envelope().kind() != EnvelopeKind.LOG;
        take(walker, ledger.generation(report.zone()));
      }
      if (walker.hasUnreadable() && !isOther) { // the log shares no zone
        unreadableZones.add(report.zone());
      }
    }
  }

  private void take(ChunkWalker walker, int generation) {
    Envelope envelope = walker.envelope();
    if (envelope.kind() != EnvelopeKind.LOG
        || envelope.storeId() != storeId
        || !LogChunkDescriptor.isPlausible(envelope.sequence(), envelope.payloadBytes())) {
      return;
    }
    int bytes = envelope.payloadBytes() - LogChunkDescriptor.HEADER_BYTES;
    long end = envelope.sequence() + bytes / RecordDescriptor.ALIGNMENT;
    highestSequence = Math.max(highestSequence, end);
    if (envelope.generation() != generation || end <= floorSequence) {
      staleChunks++;
      return;
    }
    MemorySegment payload = walker.payload();
    chunks.add(
        new LogChunk(
            envelope.epoch(),
            envelope.fileId(),
            envelope.sequence(),
            end,
            LogChunkDescriptor.tag(payload),
            LogChunkDescriptor.syncedSequence(payload),
            walker.address()));
  }

  /// The newest epoch that holds the place `sequence`, or -1.
  int newestEpochAt(long sequence) {
    int newest = -1;
    for (LogChunk chunk : chunks) {
      if (chunk.covers(sequence)) {
        newest = Math.max(newest, chunk.epoch);
      }
    }
    return newest;
  }

  /// Keeps the chunks of one epoch, ordered by place.
  void keepOnly(int epoch) {
    int before = chunks.size();
    chunks.removeIf(chunk -> chunk.epoch != epoch);
    staleChunks += before - chunks.size();
    chunks.sort(
        Comparator.comparingLong(LogChunk::sequence).thenComparingLong(LogChunk::endSequence));
  }

  /// The chunks that hold, one after the other and without a gap, the places from `sequence` on, as
  /// far as they are of one segment; empty where no chunk holds that place. Duplicates (D10) and
  /// chunks inside others are left out.
  List<LogChunk> runFrom(long sequence) {
    List<LogChunk> run = new ArrayList<>();
    long end = sequence;
    for (LogChunk chunk : chunks) {
      if (chunk.sequence > end) {
        break;
      }
      boolean sameSegment =
          run.isEmpty()
              || (chunk.segment == run.getFirst().segment && chunk.tag == run.getFirst().tag);
      if (chunk.endSequence > end && sameSegment) {
        run.add(chunk);
        end = chunk.endSequence;
      }
    }
    return run;
  }

  /// Copies the bytes of a chunk's segment that it holds from `sequence` on to `target`.
  void read(LogChunk chunk, long sequence, MemorySegment target) {
    long skipped = (sequence - chunk.sequence) * RecordDescriptor.ALIGNMENT;
    source.read(chunk.address, Envelope.BYTES + LogChunkDescriptor.HEADER_BYTES + skipped, target);
  }

  /// The highest sequence below which some chunk says everything was durable.
  long promisedSequence() {
    long promised = floorSequence;
    for (LogChunk chunk : chunks) {
      promised = Math.max(promised, chunk.syncedSequence);
    }
    return promised;
  }

  /// Zones of which blocks were written and cannot be read, and which may be zones of the log.
  List<Integer> unreadableZones() {
    return unreadableZones;
  }

  int size() {
    return chunks.size();
  }

  /// No chunk of this store, of whatever epoch, reaches beyond this.
  long highestSequence() {
    return highestSequence;
  }

  /// Chunks of another generation or epoch, or below the floor.
  long staleChunks() {
    return staleChunks;
  }

  /// Zones that are offline: what they held is gone.
  List<Integer> offlineZones() {
    return offlineZones;
  }

  /// One chunk.
  record LogChunk(
      int epoch,
      long segment,
      long sequence,
      long endSequence,
      int tag,
      long syncedSequence,
      long address) {
    boolean covers(long place) {
      return sequence <= place && place < endSequence;
    }
  }
}
