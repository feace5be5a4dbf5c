package io.zapkv.engine.zone;

import io.zapkv.engine.base.Invariants;
import io.zapkv.zns.ZoneFailure;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The right to append to one zone, within what is left of it.
///
/// ```
///   reserve ──► submitted ──► landed / failed ──► … ──► close
/// ```
///
/// Room is taken at submission, so that no append is sent to a zone that has none: the device
/// answers [ZoneFailure#FULL] only where it finished the zone by itself (D16). A closed lease whose
/// appends are still in flight ends with the last of them (D17).
///
/// **Threading.** Any thread. Several leases may stand on one shared zone (S1).
public final class ZoneLease implements AutoCloseable {
  private final ReentrantLock lock;
  private final ZoneSpace space;
  private final int generation;

  /// Null for a metadata zone, which nobody else can have.
  private final @Nullable ZoneAllocator allocator;

  private final @Nullable ZoneLedger ledger;
  private boolean closed;

  ZoneLease(
      ReentrantLock lock,
      ZoneSpace space,
      int generation,
      @Nullable ZoneAllocator allocator,
      @Nullable ZoneLedger ledger) {
    this.lock = lock;
    this.space = space;
    this.generation = generation;
    this.allocator = allocator;
    this.ledger = ledger;
    space.holders++;
  }

  /// A lease on a metadata zone for its owner, the manifest, that was written up to
  /// `pointerBlocks`.
  public static ZoneLease ofMetadata(
      int zone, int generation, long pointerBlocks, long capacityBlocks) {
    Invariants.check(zone < ZoneLimits.METADATA_ZONES, "not a metadata zone");
    ZoneSpace space = new ZoneSpace(zone, ZoneUse.META, Lifetime.META, capacityBlocks);
    space.continued(pointerBlocks);
    return new ZoneLease(new ReentrantLock(), space, generation, null, null);
  }

  /// The zone.
  public int zone() {
    return space.zone;
  }

  /// The zone's generation, for the envelopes (D19).
  public int generation() {
    return generation;
  }

  /// Blocks not yet reserved by anyone; 0 once the zone takes no more. On a shared zone others may
  /// take them first.
  public long remainingBlocks() {
    lock.lock();
    try {
      return space.remainingBlocks();
    } finally {
      lock.unlock();
    }
  }

  /// Takes `blocks` blocks for an append about to be submitted; false where they are not there.
  public boolean reserve(long blocks) {
    lock.lock();
    try {
      Invariants.check(!closed, "an append under a closed lease");
      return space.reserve(blocks);
    } finally {
      lock.unlock();
    }
  }

  /// Records that a reserved append landed at `block`.
  ///
  /// @return whether the device can be right (A12): inside the zone's capacity, overlapping nothing
  ///   that landed in this zone before
  public boolean landed(long block, long blocks) {
    lock.lock();
    try {
      boolean plausible = space.landed(block, blocks);
      settle();
      return plausible;
    } finally {
      lock.unlock();
    }
  }

  /// Records that a reserved append failed. What `failure` says about the zone decides whether it
  /// is ever appended to again (F5 to F8, A11).
  public void failed(long blocks, ZoneFailure failure) {
    lock.lock();
    try {
      space.failed(blocks, failure);
      settle();
    } finally {
      lock.unlock();
    }
  }

  /// Counts blocks of a file in the ledger, to be dropped with its [Extent]. The stream calls it
  /// after each landing.
  ///
  /// @param first whether these are the first of the file in this zone
  public void count(long blocks, boolean first) {
    ZoneLedger counted = ledger;
    if (counted == null) {
      return;
    }
    if (first) {
      counted.enter(space.zone);
    }
    counted.grow(space.zone, blocks);
  }

  /// Takes back all that was counted of a file that will never be.
  public void discount(long blocks) {
    if (ledger != null) {
      ledger.drop(List.of(new Extent(space.zone, generation, blocks)));
    }
  }

  /// Hands the zone back. Idempotent.
  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        space.holders--;
        settle();
      }
    } finally {
      lock.unlock();
    }
  }

  private void settle() {
    if (allocator != null) {
      allocator.settle(space);
    }
  }
}
