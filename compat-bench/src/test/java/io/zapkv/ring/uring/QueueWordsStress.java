package io.zapkv.ring.uring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JI_Result;
import org.openjdk.jcstress.infra.results.JJJ_Result;

/// The words that a ring shares with the kernel. One actor is the kernel, as `io_uring` says that
/// it loads and stores them.
public class QueueWordsStress {
  private static final VarHandle INT = JAVA_INT.varHandle();
  private static final int HEAD = 0;
  private static final int TAIL = 4;
  private static final int OVERFLOW = 8;
  private static final int ARRAY = 16;
  private static final int ENTRIES = 64;

  private QueueWordsStress() {}

  private static MemorySegment params(int entries) {
    MemorySegment params = memory();
    params.set(JAVA_INT, ParamsDescriptor.SQ_ENTRIES, entries);
    params.set(JAVA_INT, ParamsDescriptor.CQ_ENTRIES, entries);
    params.set(JAVA_INT, ParamsDescriptor.SQ_HEAD, HEAD);
    params.set(JAVA_INT, ParamsDescriptor.SQ_TAIL, TAIL);
    params.set(JAVA_INT, ParamsDescriptor.SQ_FLAGS, OVERFLOW);
    params.set(JAVA_INT, ParamsDescriptor.SQ_ARRAY, ARRAY);
    params.set(JAVA_INT, ParamsDescriptor.CQ_HEAD, HEAD);
    params.set(JAVA_INT, ParamsDescriptor.CQ_TAIL, TAIL);
    params.set(JAVA_INT, ParamsDescriptor.CQ_OVERFLOW, OVERFLOW);
    params.set(JAVA_INT, ParamsDescriptor.CQ_CQES, ENTRIES);
    return params;
  }

  private static MemorySegment memory() {
    return MemorySegment.ofArray(new long[32]);
  }

  private static void complete(MemorySegment ring, long userData, int result, int newTail) {
    ring.set(JAVA_LONG, ENTRIES + CqeDescriptor.USER_DATA, userData);
    ring.set(JAVA_INT, ENTRIES + CqeDescriptor.RES, result);
    INT.setRelease(ring, (long) TAIL, newTail);
  }

  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "nothing there yet")
  @Outcome(id = "5, 7", expect = ACCEPTABLE, desc = "the whole entry")
  @State
  public static class ACompletionIsSeenWhole {
    private final MemorySegment ring = memory();
    private final CompletionQueue queue = new CompletionQueue(ring, params(1), false);

    @Actor
    public void kernel() {
      complete(ring, 5, 7, 1);
    }

    @Actor
    public void owner(JI_Result r) {
      queue.take((userData, result, _) -> {
        r.r1 = userData;
        r.r2 = result;
      });
    }
  }

  /// A queue of one entry, which is full: the kernel writes it anew once the head has moved.
  @JCStressTest
  @Outcome(id = "5, 7, 0", expect = ACCEPTABLE, desc = "the old entry")
  @Outcome(id = "5, 7, 5070", expect = ACCEPTABLE, desc = "the old entry, then the new one")
  @State
  public static class AnEntryIsReadBeforeItsPlaceIsGivenBack {
    private final MemorySegment ring = memory();
    private final CompletionQueue queue = new CompletionQueue(ring, params(1), false);

    public AnEntryIsReadBeforeItsPlaceIsGivenBack() {
      complete(ring, 5, 7, 1);
    }

    @Actor
    public void kernel() {
      if ((int) INT.getAcquire(ring, (long) HEAD) == 1) {
        complete(ring, 50, 70, 2);
      }
    }

    @Actor
    public void owner(JJJ_Result r) {
      queue.take((userData, result, _) -> {
        r.r1 = userData;
        r.r2 = result;
      });
      queue.take((userData, result, _) -> r.r3 = userData * 100 + result);
    }
  }

  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "nothing there yet")
  @Outcome(id = "5, 7", expect = ACCEPTABLE, desc = "the whole entry")
  @State
  public static class ASubmissionIsSeenWhole {
    private final MemorySegment ring = memory();
    private final MemorySegment entries = memory();
    private final SubmissionQueue queue = new SubmissionQueue(ring, entries, params(2), false);

    @Actor
    public void owner() {
      long at = queue.claim();
      entries.set(JAVA_LONG, at + SqeDescriptor.USER_DATA, 5L);
      entries.set(JAVA_INT, at + SqeDescriptor.LEN, 7);
      queue.publish();
    }

    @Actor
    public void kernel(JI_Result r) {
      if ((int) INT.getAcquire(ring, (long) TAIL) == 1) {
        r.r1 = entries.get(JAVA_LONG, SqeDescriptor.USER_DATA);
        r.r2 = entries.get(JAVA_INT, SqeDescriptor.LEN);
      }
    }
  }
}
