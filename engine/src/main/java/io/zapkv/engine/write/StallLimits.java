package io.zapkv.engine.write;

/// From where to where writers are slowed down. Each pair says at what a delay begins and at what
/// writes wait.
///
/// @param memtableSlowBytes records not in tables yet; at least two memtables, or writers pay for a
///   flush that is in good time
/// @param memtableStopBytes what memory there is for them
/// @param level0SlowTables tables of level 0, each of which every read looks at
/// @param level0StopTables likewise
/// @param owedSlowBytes what merges have yet to write
/// @param owedStopBytes likewise
/// @param zonesSlow empty zones
/// @param zonesStop likewise; as many are kept for flushes, compactions, the log and deletions
/// @param zonesNone where no put is let in at all, since what was let in needs the zones
public record StallLimits(
    long memtableSlowBytes,
    long memtableStopBytes,
    int level0SlowTables,
    int level0StopTables,
    long owedSlowBytes,
    long owedStopBytes,
    int zonesSlow,
    int zonesStop,
    int zonesNone) {
  /// Limits that leave room for the delay to grow.
  public StallLimits {
    assert 0 < memtableSlowBytes && memtableSlowBytes < memtableStopBytes;
    assert 0 < level0SlowTables && level0SlowTables < level0StopTables;
    assert 0 < owedSlowBytes && owedSlowBytes < owedStopBytes;
    assert 0 <= zonesNone && zonesNone < zonesStop && zonesStop < zonesSlow;
  }
}
