package io.zapkv.zns.nvme;

import io.zapkv.ring.Ring;
import io.zapkv.ring.RingFile;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneRange;
import io.zapkv.zns.ZonedDeviceException;
import io.zapkv.zns.queue.OperationRunner;
import io.zapkv.zns.queue.Slot;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/// Turns the operations of one queue into NVMe commands, and their completions into answers.
///
/// One operation is one command, with four exceptions: a read or a write above the transfer limit
/// goes in pieces, one after the other; an append to a group tries zone after zone; a copy that the
/// device cannot do by itself is read and appended; and what needs no command is a no-op.
///
/// **Threading.** Belongs to the queue's owner.
///
/// **Memory.** Allocates for copies only.
///
/// **Failures.** The address of a failed completion is not looked at (A10). A failure that may have
/// moved the pointer makes the zone be reported again (A11). An address that cannot be right is
/// [ZoneFailure#PROTOCOL], and so is every change afterwards (A12).
final class NvmeRunner implements OperationRunner {
  /// A command that was not sent for a passing reason is sent again so many times.
  private static final int RETRIES_MAX = 16;

  private final NvmeNamespace namespace;
  private final Geometry geometry;
  private final NvmeZones zones;
  private final Ring ring;
  private final RingFile file;
  private final boolean readOnly;
  private final Arena arena = Arena.ofShared();
  private final CommandWriter commands;
  private final NvmeStep[] steps;
  private int groupCursor;

  /// @param groupCursor where this queue begins to look in a group of zones (S2)
  NvmeRunner(NvmeNamespace namespace, Ring ring, boolean readOnly, int groupCursor) {
    this.namespace = namespace;
    this.ring = ring;
    this.readOnly = readOnly;
    this.groupCursor = groupCursor;
    geometry = namespace.geometry();
    zones = namespace.zones();
    file = namespace.port().file();
    commands = new CommandWriter(namespace, arena);
    steps = new NvmeStep[ring.capacity()];
    for (int index = 0; index < steps.length; index++) {
      steps[index] = new NvmeStep();
    }
  }

  // --- before a command

  @Override
  public void decide(Slot slot) {
    NvmeStep step = steps[slot.index];
    step.begin();
    if (slot.failure == null) {
      slot.failure = refusal(slot);
    }
    if (slot.failure != null) {
      return;
    }
    switch (slot.kind) {
      case APPEND -> {
        step.fua = isToBeSyncedAlone(slot);
        sent(step, slot.zone, blocks(slot.data.byteSize()));
      }
      case APPEND_ANY -> {
        groupCursor = (groupCursor + 1) & (Integer.MAX_VALUE >> 1);
        step.start = groupCursor % slot.group.size();
        if (!takeCandidate(slot, step, 0)) {
          slot.failure = step.refusal;
        }
      }
      case WRITE -> sent(step, ZoneAddress.zone(slot.address), blocks(slot.data.byteSize()));
      case MANAGE -> {
        if (slot.action == ZoneAction.FINISH || slot.action == ZoneAction.RESET) {
          zones.checkQuiet(slot.zone);
        }
      }
      case COPY -> beginCopy(slot, step);
      case READ, SYNC -> {}
    }
  }

  /// What stands against the operation without asking the device.
  private @Nullable ZoneFailure refusal(Slot slot) {
    switch (slot.kind) {
      case APPEND, APPEND_ANY, WRITE, MANAGE, COPY -> {
        if (readOnly) {
          return ZoneFailure.READ_ONLY;
        }
        if (zones.lie() != null) {
          return ZoneFailure.PROTOCOL;
        }
      }
      case READ, SYNC -> {}
    }
    return switch (slot.kind) {
      case READ -> readRefusal(slot.address, slot.data.byteSize());
      case WRITE -> writeRefusal(slot);
      case COPY -> {
        for (ZoneRange source : slot.sources) {
          ZoneFailure refusal = readRefusal(source.address(), source.bytes());
          if (refusal != null) {
            yield refusal;
          }
        }
        yield null;
      }
      case APPEND, APPEND_ANY, MANAGE, SYNC -> null;
    };
  }

  private @Nullable ZoneFailure readRefusal(long address, long bytes) {
    return zones.isReadable(address, blocks(bytes)) ? null : ZoneFailure.UNWRITTEN;
  }

  /// A write in pieces must not begin when it cannot end.
  private @Nullable ZoneFailure writeRefusal(Slot slot) {
    long bytes = slot.data.byteSize();
    boolean fits = blocks(bytes) <= geometry.zoneCapacityBlocks() - ZoneAddress.block(slot.address);
    boolean mustNotBegin = !fits && bytes > namespace.transferBytesMax();
    return mustNotBegin ? ZoneFailure.BOUNDARY : null;
  }

  /// Whether the sync chained behind an append has to care for this append only: then the append
  /// does so by itself (FUA, D6), and the sync needs no command.
  private boolean isToBeSyncedAlone(Slot append) {
    Slot next = append.next;
    return next != null
        && next.kind == Slot.Kind.SYNC
        && namespace.controller().hasWriteCache()
        && zones.areAllSynced();
  }

  private void sent(NvmeStep step, int zone, long blocks) {
    step.zone = zone;
    step.blocksInFlight = blocks;
    zones.sent(zone, blocks);
  }

  private boolean takeCandidate(Slot slot, NvmeStep step, int from) {
    long blocks = blocks(slot.data.byteSize());
    int place = zones.candidate(slot.group, step.start, from, blocks);
    if (place < 0) {
      return false;
    }
    step.place = place;
    sent(step, NvmeZones.zoneAt(slot.group, step.start, place), blocks);
    return true;
  }

  private void beginCopy(Slot slot, NvmeStep step) {
    long bytes = 0;
    boolean fits =
        namespace.controller().canCopy()
            && slot.sources.size() <= namespace.namespace().copyRangesMax();
    for (ZoneRange source : slot.sources) {
      bytes += source.bytes();
      fits &= blocks(source.bytes()) <= namespace.namespace().copyRangeBlocksMax();
    }
    if (slot.scratch.byteSize() == 0) {
      slot.scratch = arena.allocate(geometry.appendBytesMax(), geometry.blockBytes());
    }
    slot.data = slot.scratch.asSlice(0, bytes);
    if (!fits || blocks(bytes) > namespace.namespace().copyBlocksMax()) {
      return;
    }
    // A copy names its place, the pointer: known only while nothing else is on its way there.
    long block = zones.sentAtPointer(slot.zone, blocks(bytes));
    if (block >= 0) {
      step.zone = slot.zone;
      step.blocksInFlight = blocks(bytes);
      step.copyLba = namespace.startLba(slot.zone) + block;
      step.copiesInside = true;
    }
  }

  // --- the command

  @Override
  public void send(Slot slot) {
    if (slot.failure == null && isGone(slot)) {
      // The kernel gets an address, and would take whatever lies there by now.
      fail(slot, steps[slot.index], ZoneFailure.TRANSPORT, false);
    }
    boolean isCommand = slot.failure == null && commands.put(slot, steps[slot.index]);
    boolean taken =
        isCommand
            ? ring.command(file, NvmeCommandDescriptor.URING_IO, commands.command(), 0, slot.index)
            : ring.nop(0, slot.index);
    if (!taken) {
      throw new AssertionError("a ring as deep as its queue is full");
    }
  }

  private static boolean isGone(Slot slot) {
    return !slot.data.scope().isAlive();
  }

  // --- the completion

  @Override
  public boolean arrived(Slot slot, int result, long detail) {
    if (slot.failure != null) {
      return true;
    }
    NvmeStep step = steps[slot.index];
    if (result != 0) {
      return arrivedFailed(slot, step, result);
    }
    switch (slot.kind) {
      case APPEND, APPEND_ANY -> landed(slot, step, detail);
      case WRITE, READ -> {
        return arrivedPiece(slot, step);
      }
      case MANAGE -> managed(slot);
      case SYNC -> zones.synced(step.writesCovered);
      case COPY -> {
        return arrivedCopy(slot, step, detail);
      }
    }
    return true;
  }

  /// Where data are said to have landed is believed only when it can be.
  private void landed(Slot slot, NvmeStep step, long lba) {
    long blocks = answered(step);
    slot.landedAt = zones.landed(step.zone, lba, blocks);
    if (slot.landedAt == ZoneAddress.NONE) {
      slot.failure = ZoneFailure.PROTOCOL;
      return;
    }
    if (step.fua && slot.next != null) {
      steps[slot.next.index].covered = true;
    } else {
      zones.written();
    }
  }

  private long answered(NvmeStep step) {
    long blocks = step.blocksInFlight;
    step.blocksInFlight = 0;
    zones.answered(step.zone);
    return blocks;
  }

  private boolean arrivedPiece(Slot slot, NvmeStep step) {
    long bytes = commands.pieceBytes(slot, step);
    if (slot.kind == Slot.Kind.WRITE
        && zones.landed(
                step.zone, commands.lba(slot.address) + blocks(step.movedBytes), blocks(bytes))
            == ZoneAddress.NONE) {
      answered(step);
      slot.failure = ZoneFailure.PROTOCOL;
      return true;
    }
    step.movedBytes += bytes;
    if (step.movedBytes < slot.data.byteSize()) {
      send(slot);
      return false;
    }
    if (slot.kind == Slot.Kind.WRITE) {
      answered(step);
      zones.written();
    }
    return true;
  }

  private void managed(Slot slot) {
    switch (slot.action) {
      case OPEN -> zones.opened(slot.zone, true);
      case CLOSE -> zones.opened(slot.zone, false);
      case FINISH -> zones.finished(slot.zone);
      case RESET -> zones.reset(slot.zone);
    }
  }

  private boolean arrivedCopy(Slot slot, NvmeStep step, long detail) {
    if (step.copiesInside) {
      landed(slot, step, step.copyLba);
      return true;
    }
    if (slot.sourcesRead < slot.sources.size()) {
      slot.bytesRead += slot.sources.get(slot.sourcesRead).bytes();
      slot.sourcesRead++;
      if (slot.sourcesRead == slot.sources.size()) {
        sent(step, slot.zone, blocks(slot.bytesRead));
      }
      send(slot);
      return false;
    }
    landed(slot, step, detail);
    return true;
  }

  /// @return whether the operation has come to its end with it
  private boolean arrivedFailed(Slot slot, NvmeStep step, int result) {
    if (result < 0 && NvmeStatus.wasNotSent(-result) && slot.retries < RETRIES_MAX) {
      slot.retries++;
      send(slot);
      return false;
    }
    if (step.copiesInside && isNotForTheDevice(result)) {
      zones.refused(step.zone, answered(step), ZoneFailure.INVALID_WRITE);
      step.copiesInside = false;
      send(slot);
      return false;
    }
    ZoneFailure failure =
        result < 0 ? NvmeStatus.ofErrno(-result) : NvmeStatus.of(result).failure();
    boolean mayHaveWritten = result < 0 || NvmeStatus.of(result).mayHaveWritten();
    if (slot.kind == Slot.Kind.APPEND_ANY && triesOn(slot, step, failure)) {
      send(slot);
      return false;
    }
    fail(slot, step, failure, mayHaveWritten || step.movedBytes > 0);
    return true;
  }

  /// A copy that the device has not even begun; it is done from outside then.
  private static boolean isNotForTheDevice(int result) {
    return result > 0
        && switch (NvmeStatus.of(result)) {
          case ZONE_INVALID_WRITE,
              INVALID_FIELD,
              INVALID_OPCODE,
              COMMAND_SIZE_LIMIT_EXCEEDED,
              ZONE_INVALID_OPERATION ->
              true;
          default -> false;
        };
  }

  /// A missing slot is the failure to tell before a full zone: it passes.
  private boolean triesOn(Slot slot, NvmeStep step, ZoneFailure failure) {
    switch (failure) {
      case TOO_MANY_OPEN, TOO_MANY_ACTIVE -> step.refusal = failure;
      case FULL, BOUNDARY, READ_ONLY, OFFLINE -> {}
      case TOO_MANY_FILES,
          INVALID_WRITE,
          INVALID_TRANSITION,
          MEDIA_READ,
          MEDIA_WRITE,
          UNWRITTEN,
          CANCELED,
          TRANSPORT,
          PROTOCOL -> {
        return false;
      }
    }
    zones.refused(step.zone, answered(step), failure);
    if (!takeCandidate(slot, step, step.place + 1)) {
      slot.failure = step.refusal;
    }
    return true;
  }

  private void fail(Slot slot, NvmeStep step, ZoneFailure failure, boolean mayHaveWritten) {
    slot.failure = failure;
    if (step.blocksInFlight == 0) {
      return;
    }
    zones.refused(step.zone, answered(step), failure);
    if (mayHaveWritten) {
      try {
        zones.reportedAgain(namespace.report(step.zone));
      } catch (ZonedDeviceException _) {
        // The failure to tell is the first one; the zone's pointer stays unknown.
      }
    }
  }

  @Override
  public void abandon(Slot slot) {
    NvmeStep step = steps[slot.index];
    if (step.blocksInFlight > 0) {
      answered(step);
    }
  }

  @Override
  public void close() {
    arena.close();
  }

  private long blocks(long bytes) {
    return bytes / geometry.blockBytes();
  }
}
