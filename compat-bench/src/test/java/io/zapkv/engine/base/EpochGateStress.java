package io.zapkv.engine.base;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.util.concurrent.locks.LockSupport;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// Memory that is taken out of sight, and used anew when the gate says so: -1 is what a visitor
/// must never find in it.
public class EpochGateStress {
  private static final int REUSED = -1;

  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "out of sight")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "seen, and left alone meanwhile")
  @State
  public static class WhatHasPassedIsSeenByNobody {
    private final EpochGate gate = new EpochGate(LockSupport::parkNanos);
    private int memory = 1;
    private volatile boolean inSight = true;

    @Actor
    public void visitor(II_Result r) {
      int ticket = gate.enter();
      if (inSight) {
        r.r1 = memory;
        r.r2 = memory;
      }
      gate.exit(ticket);
    }

    @Actor
    public void retirer() {
      inSight = false;
      long retired = gate.epoch();
      if (gate.hasPassed(retired)) {
        memory = REUSED;
      }
    }
  }

  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "out of sight")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "seen, and left alone meanwhile")
  @State
  public static class AfterQuiescenceNobodyIsInside {
    private final EpochGate gate = new EpochGate(LockSupport::parkNanos);
    private int memory = 1;
    private volatile boolean inSight = true;

    @Actor
    public void visitor(II_Result r) {
      int ticket = gate.enter();
      if (inSight) {
        r.r1 = memory;
        r.r2 = memory;
      }
      gate.exit(ticket);
    }

    @Actor
    public void retirer() {
      inSight = false;
      gate.awaitQuiescence();
      memory = REUSED;
    }
  }

  /// The gate as writers use it: who waits for it sees all that was written inside.
  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the writer came later")
  @Outcome(id = "1, 7", expect = ACCEPTABLE, desc = "begun before, and over")
  @State
  public static class WhatWasBegunInsideIsOverAfterQuiescence {
    private final EpochGate gate = new EpochGate(LockSupport::parkNanos);
    private volatile int claimed;
    private int written;

    @Actor
    public void writer() {
      int ticket = gate.enter();
      claimed = 1;
      written = 7;
      gate.exit(ticket);
    }

    @Actor
    public void snapshot(II_Result r) {
      int tail = claimed;
      gate.awaitQuiescence();
      r.r1 = tail;
      r.r2 = tail == 0 ? 0 : written;
    }
  }
}
