package io.zapkv.engine.write;

/// How far behind the background work is, at one moment.
///
/// @param memtableBytes records not in tables yet: in the memtable written to and in sealed ones
/// @param level0Tables tables of level 0
/// @param owedBytes what merges have yet to write
/// @param emptyZones zones that can be written to, reserved ones among them
/// @param flushBytesPerSecond how fast memtables are flushed; positive
/// @param roomCanBeMade whether a flush or a compaction runs or waits that will free a zone
public record WritePressure(
    long memtableBytes,
    int level0Tables,
    long owedBytes,
    int emptyZones,
    long flushBytesPerSecond,
    boolean roomCanBeMade) {}
