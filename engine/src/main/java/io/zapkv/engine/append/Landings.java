package io.zapkv.engine.append;

import io.zapkv.engine.base.Invariants;
import io.zapkv.engine.zone.Extent;
import io.zapkv.engine.zone.ZoneLease;
import io.zapkv.zns.ZoneAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What has landed: where each chunk of the current file did, how many blocks of which zones the
/// file takes, and which zones no sync has covered yet. Keeps the ledger in step.
///
/// **Threading.** The stream's.
final class Landings {
  private long[] addresses = new long[64];
  private int chunks;
  private final List<Part> parts = new ArrayList<>();
  private int[] unsynced = new int[4];
  private int unsyncedCount;

  /// The ordinal of a chunk that will be sent.
  int expect() {
    if (chunks == addresses.length) {
      addresses = Arrays.copyOf(addresses, 2 * chunks);
    }
    addresses[chunks] = ZoneAddress.NONE;
    return chunks++;
  }

  /// Chunk `ordinal`, `blocks` blocks sent under `lease`, is at `address`.
  void landed(int ordinal, long address, ZoneLease lease, long blocks) {
    addresses[ordinal] = address;
    boolean first = true;
    for (int i = parts.size() - 1; i >= 0 && first; i--) { // the newest is the likeliest
      Part part = parts.get(i);
      if (part.lease.zone() == lease.zone()) {
        part.blocks += blocks;
        first = false;
      }
    }
    if (first) {
      parts.add(new Part(lease, blocks));
    }
    lease.count(blocks, first);
    touch(lease.zone());
  }

  private void touch(int zone) {
    for (int i = 0; i < unsyncedCount; i++) {
      if (unsynced[i] == zone) {
        return;
      }
    }
    if (unsyncedCount == unsynced.length) {
      unsynced = Arrays.copyOf(unsynced, 2 * unsyncedCount);
    }
    unsynced[unsyncedCount++] = zone;
  }

  int chunks() {
    return chunks;
  }

  long address(int ordinal) {
    Invariants.check(ordinal >= 0 && ordinal < chunks, "no such chunk");
    return addresses[ordinal];
  }

  List<Extent> extents() {
    List<Extent> extents = new ArrayList<>(parts.size());
    for (Part part : parts) {
      extents.add(new Extent(part.lease.zone(), part.lease.generation(), part.blocks));
    }
    return extents;
  }

  int unsyncedCount() {
    return unsyncedCount;
  }

  int unsynced(int index) {
    return unsynced[index];
  }

  void synced() {
    unsyncedCount = 0;
  }

  /// Begins another file; this one keeps what it has.
  void begin() {
    chunks = 0;
    parts.clear();
  }

  /// The file will never be.
  void abandon() {
    for (Part part : parts) {
      part.lease.discount(part.blocks);
    }
    begin();
  }

  private static final class Part {
    private final ZoneLease lease;
    private long blocks;

    Part(ZoneLease lease, long blocks) {
      this.lease = lease;
      this.blocks = blocks;
    }
  }
}
