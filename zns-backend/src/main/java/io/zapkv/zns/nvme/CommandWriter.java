package io.zapkv.zns.nvme;

import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneRange;
import io.zapkv.zns.queue.Slot;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Writes the commands of one queue, one after the other into the same memory: a ring copies them
/// at once.
///
/// **Threading.** Belongs to the queue's owner.
///
/// **Memory.** Allocates for copies only.
final class CommandWriter {
  /// What one command can name.
  private static final long COPY_RANGES_BYTES = 256L * NvmeCommandDescriptor.COPY_RANGE_BYTES;

  private final NvmeNamespace namespace;
  private final NvmeZones zones;
  private final int nsid;
  private final int blockBytes;
  private final Arena arena;
  private final MemorySegment command;

  /// @param arena lives as long as the queue
  CommandWriter(NvmeNamespace namespace, Arena arena) {
    this.namespace = namespace;
    this.arena = arena;
    zones = namespace.zones();
    nsid = namespace.port().namespace();
    blockBytes = namespace.geometry().blockBytes();
    command = arena.allocate(NvmeCommandDescriptor.URING_BYTES, Long.BYTES);
  }

  /// The command written last.
  MemorySegment command() {
    return command;
  }

  /// Writes the next command of an operation.
  ///
  /// @return false where it needs none
  boolean put(Slot slot, NvmeStep step) {
    switch (slot.kind) {
      case APPEND, APPEND_ANY -> putAppend(slot, step);
      case WRITE -> putPiece(NvmeCommandDescriptor.WRITE, slot, step);
      case READ -> putPiece(NvmeCommandDescriptor.READ, slot, step);
      case MANAGE ->
          NvmeCommandDescriptor.putManage(
              command, nsid, action(slot.action), namespace.startLba(slot.zone));
      case SYNC -> {
        boolean covered = step.covered;
        step.covered = false;
        step.writesCovered = zones.writes();
        NvmeCommandDescriptor.putFlush(command, nsid);
        return namespace.controller().hasWriteCache() && !covered;
      }
      case COPY -> putCopy(slot, step);
    }
    return true;
  }

  private static int action(ZoneAction action) {
    return switch (action) {
      case OPEN -> NvmeCommandDescriptor.OPEN;
      case CLOSE -> NvmeCommandDescriptor.CLOSE;
      case FINISH -> NvmeCommandDescriptor.FINISH;
      case RESET -> NvmeCommandDescriptor.RESET;
    };
  }

  private void putAppend(Slot slot, NvmeStep step) {
    putTransfer(
        NvmeCommandDescriptor.ZONE_APPEND,
        namespace.startLba(step.zone),
        slot.data.address(),
        slot.data.byteSize(),
        step.fua);
  }

  private void putPiece(byte opcode, Slot slot, NvmeStep step) {
    putTransfer(
        opcode,
        lba(slot.address) + blocks(step.movedBytes),
        slot.data.address() + step.movedBytes,
        pieceBytes(slot, step),
        false);
  }

  /// Bytes of the next piece of a read or write.
  long pieceBytes(Slot slot, NvmeStep step) {
    return Math.min(slot.data.byteSize() - step.movedBytes, namespace.transferBytesMax());
  }

  private void putTransfer(byte opcode, long lba, long memory, long bytes, boolean fua) {
    NvmeCommandDescriptor.putTransfer(
        command, opcode, nsid, lba, (int) blocks(bytes), fua, memory, bytes);
  }

  private void putCopy(Slot slot, NvmeStep step) {
    if (step.copiesInside) {
      MemorySegment ranges = step.ranges;
      if (ranges == null) {
        ranges = arena.allocate(COPY_RANGES_BYTES, Long.BYTES);
        step.ranges = ranges;
      }
      int count = 0;
      for (ZoneRange source : slot.sources) {
        NvmeCommandDescriptor.putCopyRange(
            ranges, count++, lba(source.address()), (int) blocks(source.bytes()));
      }
      NvmeCommandDescriptor.putCopy(command, nsid, step.copyLba, count, ranges);
    } else if (slot.sourcesRead < slot.sources.size()) {
      ZoneRange source = slot.sources.get(slot.sourcesRead);
      putTransfer(
          NvmeCommandDescriptor.READ,
          lba(source.address()),
          slot.data.address() + slot.bytesRead,
          source.bytes(),
          false);
    } else {
      putAppend(slot, step);
    }
  }

  /// The device's number of a block.
  long lba(long address) {
    return namespace.startLba(ZoneAddress.zone(address)) + ZoneAddress.block(address);
  }

  private long blocks(long bytes) {
    return bytes / blockBytes;
  }
}
