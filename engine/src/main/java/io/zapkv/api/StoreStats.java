package io.zapkv.api;

import java.util.List;

/// Figures of a store at one moment. Counts and byte totals begin at opening; what is called "now"
/// is as of the call.
///
/// @param writes what came in and what it cost the device
/// @param reads how reads were served
/// @param memory what lies in memory now
/// @param background what flush and compaction did
/// @param space what the store takes on the device now
/// @param zones what happened to zones
/// @param levels tables now, level 0 first; as many as the store has levels
/// @param ring which ring carries the I/O, and why that one
public record StoreStats(
    Writes writes,
    Reads reads,
    Memory memory,
    Background background,
    Space space,
    Zones zones,
    List<Level> levels,
    String ring) {
  /// Keeps a copy of the list.
  public StoreStats {
    levels = List.copyOf(levels);
  }

  /// Bytes the device wrote for each byte a caller wrote; 0 before the first write.
  public double writeAmplification() {
    return writes.userBytesWritten == 0
        ? 0
        : (double) writes.deviceBytesWritten / writes.userBytesWritten;
  }

  /// @param operations puts and deletes, those in batches included
  /// @param userBytesWritten bytes of their keys and values
  /// @param deviceBytesWritten bytes appended to zones: log, tables, metadata, padding
  /// @param appends zone appends that completed
  /// @param stalls writes that were held back
  /// @param stallNanosTotal how long altogether, in nanoseconds
  /// @param stallNanosMax the longest of them, in nanoseconds
  public record Writes(
      long operations,
      long userBytesWritten,
      long deviceBytesWritten,
      long appends,
      long stalls,
      long stallNanosTotal,
      long stallNanosMax) {}

  /// @param cacheHits blocks found in the block cache
  /// @param cacheMisses blocks that were not
  public record Reads(long cacheHits, long cacheMisses) {}

  /// @param budgetBytes what the store may use, from its options
  /// @param memtableBytes memtables, the active one and those being flushed
  /// @param cacheBytes block cache, which holds filters and the leaves of indexes, too
  /// @param indexBytes indexes of tables
  /// @param bufferBytes buffers on their way to or from the device
  public record Memory(
      long budgetBytes, long memtableBytes, long cacheBytes, long indexBytes, long bufferBytes) {
    /// All of it; at most the budget.
    public long usedBytes() {
      return memtableBytes + cacheBytes + indexBytes + bufferBytes;
    }
  }

  /// @param flushes memtables written to tables
  /// @param compactions merges of tables into tables
  /// @param trivialMoves tables that changed level without being written
  /// @param compactedBytes bytes that compaction appended
  /// @param backlogBytes bytes that flush and compaction still have before them now; 0 when all
  ///   background work is done, zones waiting for a reset included
  public record Background(
      long flushes, long compactions, long trivialMoves, long compactedBytes, long backlogBytes) {}

  /// @param liveBytes bytes of the tables that the store is made of now
  /// @param spaceBytes bytes of the device that hold anything, waiting for reset included
  public record Space(long liveBytes, long spaceBytes) {}

  /// @param resets zones emptied
  /// @param finishes zones closed before they were full; 0 unless a device forces it
  /// @param copiedBytes bytes moved only to free a zone; always 0, and counted to show it
  /// @param tableZonesSealed zones of tables above level 0 that became full
  /// @param tableZoneFill how full these were with data, padding left out, on average: 0 to 1
  public record Zones(
      long resets, long finishes, long copiedBytes, long tableZonesSealed, double tableZoneFill) {}

  /// @param level its number, 0 where tables may overlap
  /// @param tables how many
  /// @param bytes what they take on the device
  /// @param entries entries in them, deletions and old versions included
  public record Level(int level, int tables, long bytes, long entries) {}
}
