package io.zapkv.engine.zone;

import io.zapkv.zns.ZoneFailure;
import java.util.BitSet;

/// The room of one zone between two resets: what was promised, what is in flight, what landed.
///
/// **Threading.** Guarded by the lock of whoever made it.
final class ZoneSpace {
  final int zone;
  ZoneUse use;
  Lifetime lifetime;
  long capacityBlocks;

  /// Blocks promised to appends, from the start of the zone; never goes back while the zone is
  /// written.
  long takenBlocks;

  /// Of these, blocks whose append has not completed.
  long pendingBlocks;

  /// Leases that are not closed.
  int holders;

  /// Whether another append may be sent here.
  boolean writable;

  /// Whether the device counts the zone as active, as far as we know (D13).
  boolean holdsSlot;

  /// Whether the device will write or reset it never again (D16).
  boolean dead;

  /// Whether the manifest knows that it is dead, or will with its next step.
  boolean isToldLost;

  /// Whether a finish was tried in vain, so that it is not tried for ever.
  boolean finishFailed;

  /// The blocks that appends were answered with: no two may share one (A12). Forgotten once the
  /// zone takes no more.
  BitSet landed = new BitSet();

  ZoneSpace(int zone, ZoneUse use, Lifetime lifetime, long capacityBlocks) {
    this.zone = zone;
    this.use = use;
    this.lifetime = lifetime;
    this.capacityBlocks = capacityBlocks;
  }

  /// Makes it a zone just reset, or never written.
  void empty(long newCapacityBlocks) {
    use = ZoneUse.EMPTY;
    capacityBlocks = newCapacityBlocks;
    takenBlocks = 0;
    writable = true;
    holdsSlot = false;
    landed = new BitSet();
  }

  /// Makes it a zone that was written up to `pointerBlocks` and may be continued.
  void continued(long pointerBlocks) {
    takenBlocks = pointerBlocks;
    writable = true;
    landed.set(0, Math.toIntExact(pointerBlocks));
  }

  long remainingBlocks() {
    return writable ? capacityBlocks - takenBlocks : 0;
  }

  boolean reserve(long blocks) {
    if (blocks > remainingBlocks()) {
      return false;
    }
    takenBlocks += blocks;
    pendingBlocks += blocks;
    return true;
  }

  /// Whether the answer can be true (A12, F15).
  boolean landed(long block, long blocks) {
    pendingBlocks -= blocks;
    if (block < 0 || block > capacityBlocks - blocks) {
      return false;
    }
    int from = (int) block;
    int to = (int) (block + blocks);
    int taken = landed.nextSetBit(from);
    if (taken >= 0 && taken < to) {
      return false;
    }
    landed.set(from, to);
    return true;
  }

  void failed(long blocks, ZoneFailure failure) {
    pendingBlocks -= blocks;
    switch (failure) {
      // D7: nothing was written.
      case TOO_MANY_OPEN, TOO_MANY_ACTIVE, TOO_MANY_FILES -> takenBlocks -= blocks;
      case FULL -> {
        writable = false;
        holdsSlot = false;
      }
      case READ_ONLY, OFFLINE -> {
        writable = false;
        holdsSlot = false;
        dead = true;
      }
      // The pointer may have moved (A11), or somebody else writes here: never again.
      case BOUNDARY,
          INVALID_WRITE,
          INVALID_TRANSITION,
          MEDIA_READ,
          MEDIA_WRITE,
          UNWRITTEN,
          CANCELED,
          TRANSPORT,
          PROTOCOL ->
          writable = false;
    }
  }

  /// Whether every block was written, so that the zone is full by itself and holds no slot.
  boolean isFilled() {
    return writable && pendingBlocks == 0 && takenBlocks == capacityBlocks;
  }
}
