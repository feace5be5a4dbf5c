package io.zapkv.bench.target;

/// What a store did since it was opened, and what it takes now. A store without zones counts none.
///
/// @param deviceBytesWritten bytes written to its device: log, tables, metadata
/// @param spaceBytes bytes its device holds now
/// @param memoryBytes memory it says it uses now, outside the Java heap
/// @param zoneResets zones emptied
/// @param zoneFinishes zones closed before they were full
/// @param copiedBytes bytes moved only to free a zone
public record Figures(
    long deviceBytesWritten,
    long spaceBytes,
    long memoryBytes,
    long zoneResets,
    long zoneFinishes,
    long copiedBytes) {
  /// What was done between `before` and this; what is "now" stays.
  public Figures since(Figures before) {
    return new Figures(
        deviceBytesWritten - before.deviceBytesWritten,
        spaceBytes,
        memoryBytes,
        zoneResets - before.zoneResets,
        zoneFinishes - before.zoneFinishes,
        copiedBytes - before.copiedBytes);
  }
}
