package io.zapkv.zns.nvme;

import io.zapkv.zns.ZoneFailure;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// How far one operation of a queue has come; used over and over, one for each slot.
final class NvmeStep {
  /// The zone that an append is being sent to.
  int zone;

  /// Blocks that are on their way to that zone; zero where none are.
  long blocksInFlight;

  /// Of an append to a group: which place of it, see [NvmeZones#candidate].
  int place;

  /// Of an append to a group: where it began to look.
  int start;

  /// Of an append to a group: what to tell when no zone takes it.
  ZoneFailure refusal = ZoneFailure.FULL;

  /// Bytes of a read or a write that have been moved.
  long movedBytes;

  /// The blocks of one command are on the medium when it completes.
  boolean fua;

  /// What a sync is to do has been done by the append before it.
  boolean covered;

  /// Of a flush: how many writes it covers.
  long writesCovered;

  /// Whether a copy is being done by the device; otherwise it is read and appended.
  boolean copiesInside;

  /// Where a copy inside the device was told to write.
  long copyLba;

  /// The source ranges of a copy inside the device; made at the first, then kept.
  @Nullable MemorySegment ranges;

  void begin() {
    blocksInFlight = 0;
    place = 0;
    refusal = ZoneFailure.FULL;
    movedBytes = 0;
    fua = false;
    copiesInside = false;
  }
}
