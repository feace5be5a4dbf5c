package io.zapkv.engine.write;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.zapkv.engine.format.Trailer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/// Who reads the past, counted while a compaction asks what it may take away.
public class SnapshotListStress {
  private static final int NOBODY = 0;

  private static int shown(long sequence) {
    return sequence == Trailer.SEQUENCE_MAX ? NOBODY : (int) sequence;
  }

  /// A compaction that saw no snapshot may drop what is older than the second write: no snapshot
  /// may read before it then.
  @JCStressTest
  @Outcome(
      id = {"1, 1", "2, 0", "2, 2"},
      expect = ACCEPTABLE,
      desc = "kept, or not needed")
  @State
  public static class WhatASnapshotReadsIsKept {
    private final SnapshotList list = new SnapshotList();
    private volatile long now = 1;

    @Actor
    public void reader(II_Result r) {
      r.r1 = (int) list.acquire(() -> now);
    }

    @Actor
    public void compaction(II_Result r) {
      now = 2;
      r.r2 = shown(list.oldest());
    }
  }

  @JCStressTest
  @Outcome(id = "3, 3, 1", expect = ACCEPTABLE, desc = "one of three is left")
  @State
  public static class EachReleaseCountsOnce {
    private final SnapshotList list = new SnapshotList();

    public EachReleaseCountsOnce() {
      list.acquire(() -> 3);
    }

    @Actor
    public void one() {
      list.release(list.acquire(() -> 3));
    }

    @Actor
    public void another() {
      list.release(list.acquire(() -> 3));
    }

    @Arbiter
    public void count(III_Result r) {
      r.r1 = shown(list.oldest());
      r.r2 = (int) list.sorted()[0];
      r.r3 = list.count();
    }
  }
}
