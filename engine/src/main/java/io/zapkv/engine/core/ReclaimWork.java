package io.zapkv.engine.core;

import io.zapkv.engine.version.VersionEdit;
import io.zapkv.engine.version.VersionSet;
import io.zapkv.engine.write.MemTables;
import io.zapkv.engine.zone.ZoneAllocator;
import io.zapkv.engine.zone.ZoneLedger;
import java.util.List;

/// Empties zones in which nothing lives any more, and keeps the memory of the next memtable ready:
/// the job of the reclaim lane.
///
/// ```
///   no reader left ─► table gone ─► zone dead ─► edit with its next generation, durable ─► reset
/// ```
///
/// The edit comes before the reset (D18, D22), so a crash between the two leaves a zone that
/// nothing refers to, and a lost reset leaves chunks of a generation that nobody believes (F14).
final class ReclaimWork implements Lane.Job {
  private final MemTables memTables;
  private final VersionSet versions;
  private final ZoneAllocator allocator;
  private final ZoneLedger ledger;
  private final Runnable prepared;
  private final Runnable reclaimed;

  /// @param prepared told when there may be memory for the next memtable
  /// @param reclaimed told when zones became empty
  ReclaimWork(
      MemTables memTables,
      VersionSet versions,
      ZoneAllocator allocator,
      ZoneLedger ledger,
      Runnable prepared,
      Runnable reclaimed) {
    this.prepared = prepared;
    this.reclaimed = reclaimed;
    this.memTables = memTables;
    this.versions = versions;
    this.allocator = allocator;
    this.ledger = ledger;
  }

  @Override
  public boolean doSome() {
    memTables.prepare();
    prepared.run();
    versions.awaitReclaim();
    int[] zones = allocator.retire();
    List<Integer> lost = allocator.newlyLost();
    if (zones.length > 0 || !lost.isEmpty()) {
      versions.commit(VersionEdit.release(zones, ledger).givingUp(lost), null);
      allocator.released(zones);
    }
    boolean did = allocator.reclaim() > 0 || zones.length > 0;
    if (did) {
      reclaimed.run();
    }
    return did;
  }
}
