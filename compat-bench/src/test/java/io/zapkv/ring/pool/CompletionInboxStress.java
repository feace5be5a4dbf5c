package io.zapkv.ring.pool;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/// Completions on their way from worker threads to a ring's owner.
public class CompletionInboxStress {
  @JCStressTest
  @Outcome(id = "-1, 0", expect = ACCEPTABLE, desc = "the owner came too early")
  @Outcome(id = "5, 7", expect = ACCEPTABLE, desc = "the completion with its result")
  @State
  public static class WhatWasWrittenBeforeAPutIsSeenByWhoTakes {
    private final CompletionInbox inbox = new CompletionInbox(4);
    private int result;

    @Actor
    public void worker() {
      result = 7;
      inbox.put(5);
    }

    @Actor
    public void owner(II_Result r) {
      r.r1 = inbox.take();
      r.r2 = r.r1 == CompletionInbox.EMPTY ? 0 : result;
    }
  }

  @JCStressTest
  @Outcome(
      id = {"1, 2", "2, 1"},
      expect = ACCEPTABLE,
      desc = "both, in either order")
  @State
  public static class NoPutIsLost {
    private final CompletionInbox inbox = new CompletionInbox(4);

    @Actor
    public void oneWorker() {
      inbox.put(1);
    }

    @Actor
    public void anotherWorker() {
      inbox.put(2);
    }

    @Arbiter
    public void owner(II_Result r) {
      r.r1 = inbox.take();
      r.r2 = inbox.take();
    }
  }

  /// A wake-up that is lost is seen after the time that the owner waits.
  @JCStressTest
  @Outcome(id = "5", expect = ACCEPTABLE, desc = "woken")
  @State
  public static class NoWakeUpIsLost {
    private final CompletionInbox inbox = new CompletionInbox(4);

    @Actor
    public void worker() {
      inbox.put(5);
    }

    @Actor
    public void owner(I_Result r) {
      inbox.awaitNotEmpty(TimeUnit.SECONDS.toNanos(2));
      r.r1 = inbox.take();
    }
  }
}
