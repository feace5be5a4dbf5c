package io.zapkv.engine.core;

/// What a soak has done.
final class SoakFigures {
  long stores;
  private long writes;
  private long reads;
  private long walked;
  private long snapshots;
  private long held;
  private long flushes;

  void add(SoakWorker worker) {
    writes += worker.writes;
    reads += worker.reads;
    walked += worker.walked;
    snapshots += worker.snapshots;
    held += worker.held;
    flushes += worker.flushes;
  }

  @Override
  public String toString() {
    return "%d closes under load, %d writes, %d reads, %d entries walked, "
            .formatted(stores, writes, reads, walked)
        + "%d snapshots, %d cursors held, %d flushes and compactions"
            .formatted(snapshots, held, flushes);
  }
}
