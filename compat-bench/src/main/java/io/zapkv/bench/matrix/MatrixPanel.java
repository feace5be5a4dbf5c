package io.zapkv.bench.matrix;

import java.util.ArrayList;
import java.util.List;

/// One setting that workloads are run in.
///
/// @param valueBytes length of a value
/// @param threads how many threads work at once
/// @param memoryBytes what each engine may use for write buffers and cache
/// @param records keys in the store
/// @param workloads which of them are run
public record MatrixPanel(
    int valueBytes, int threads, long memoryBytes, long records, Workloads workloads) {
  /// Which workloads a panel runs.
  public enum Workloads {
    /// db_bench's and YCSB's, in memory as far as the engine keeps it there.
    ALL,
    /// The same on four times as much data as there is memory, by direct I/O.
    LARGE,
    /// Writes that survive a power cut.
    SYNC
  }

  private static final int[] VALUE_BYTES = {100, 1000};
  private static final int[] THREADS = {1, 2, 4};
  private static final int[] SYNC_THREADS = {1, 4, 16};
  private static final int KEY_BYTES = 16;
  private static final long MEMORY_BYTES = 1L << 30;
  private static final long DATA_BYTES = 120L << 20;
  private static final long LARGE_MEMORY_BYTES = 64L << 20;
  private static final int LARGE_FACTOR = 4;

  /// `fillsync` does a thousandth of it.
  private static final long SYNC_RECORDS = 3_000_000;

  /// All panels, in the order they are run.
  public static List<MatrixPanel> all() {
    List<MatrixPanel> panels = new ArrayList<>();
    for (int valueBytes : VALUE_BYTES) {
      for (int threads : THREADS) {
        panels.add(of(valueBytes, threads, MEMORY_BYTES, DATA_BYTES, Workloads.ALL));
      }
    }
    for (int threads : SYNC_THREADS) {
      panels.add(
          new MatrixPanel(VALUE_BYTES[0], threads, MEMORY_BYTES, SYNC_RECORDS, Workloads.SYNC));
    }
    for (int valueBytes : VALUE_BYTES) {
      for (int threads : THREADS) {
        panels.add(
            of(
                valueBytes,
                threads,
                LARGE_MEMORY_BYTES,
                LARGE_FACTOR * LARGE_MEMORY_BYTES,
                Workloads.LARGE));
      }
    }
    return panels;
  }

  private static MatrixPanel of(
      int valueBytes, int threads, long memoryBytes, long dataBytes, Workloads workloads) {
    return new MatrixPanel(
        valueBytes, threads, memoryBytes, dataBytes / (KEY_BYTES + valueBytes), workloads);
  }

  /// Whether tables are read and written past the page cache.
  public boolean direct() {
    return workloads == Workloads.LARGE;
  }

  /// For the head of a column: `100 B, 2`.
  public String label() {
    String label = "%,d B, %d".formatted(valueBytes, threads);
    return workloads == Workloads.LARGE ? label + ", 4x" : label;
  }
}
