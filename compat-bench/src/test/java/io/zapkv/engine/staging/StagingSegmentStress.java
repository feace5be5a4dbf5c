package io.zapkv.engine.staging;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.zapkv.engine.format.Layouts;
import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.engine.format.SegmentHeaderDescriptor;
import io.zapkv.engine.format.ValueKind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;

/// Claims in a staging segment, and what others see of them. Places are told from the first record
/// on.
public class StagingSegmentStress {
  private static final int TAG = 9;
  private static final int RECORD_BYTES = (int) RecordDescriptor.lengthBytes(0, Long.BYTES);
  private static final long FIRST = SegmentHeaderDescriptor.BYTES;

  private StagingSegmentStress() {}

  /// An empty segment on the heap, with room for one record more than `records`, less a byte.
  private static StagingSegment segment(int records) {
    long bytes = FIRST + (long) records * RECORD_BYTES + RECORD_BYTES / 2;
    MemorySegment memory = MemorySegment.ofArray(new long[(int) (bytes / Long.BYTES)]);
    memory.set(ValueLayout.JAVA_LONG, SegmentHeaderDescriptor.TAIL_OFFSET, FIRST);
    return new StagingSegment(
        memory, new SegmentHeaderDescriptor(1, 1, TAG, 1, 1000, memory.byteSize(), 0));
  }

  private static long shown(long offset) {
    return offset == StagingSegment.FULL ? offset : (offset - FIRST) / RECORD_BYTES;
  }

  private static void write(StagingSegment segment, long offset, long value) {
    MemorySegment memory = segment.memory();
    RecordDescriptor.describe(memory, offset, ValueKind.PUT, 0, Long.BYTES, 0);
    memory.set(Layouts.U64, offset + RecordDescriptor.HEADER_BYTES, value);
  }

  private static long value(StagingSegment segment, long offset) {
    return segment.memory().get(Layouts.U64, offset + RecordDescriptor.HEADER_BYTES);
  }

  @JCStressTest
  @Outcome(
      id = {"0, 1, 2", "1, 0, 2"},
      expect = ACCEPTABLE,
      desc = "side by side")
  @State
  public static class TwoClaimsAreSideBySide {
    private final StagingSegment segment = segment(2);

    @Actor
    public void one(JJJ_Result r) {
      r.r1 = shown(segment.claim(RECORD_BYTES));
    }

    @Actor
    public void another(JJJ_Result r) {
      r.r2 = shown(segment.claim(RECORD_BYTES));
    }

    @Arbiter
    public void tail(JJJ_Result r) {
      r.r3 = shown(segment.tailBytes());
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0, -1, 1", "-1, 0, 1"},
      expect = ACCEPTABLE,
      desc = "one of the two")
  @State
  public static class TheLastRoomIsClaimedOnce {
    private final StagingSegment segment = segment(1);

    @Actor
    public void one(JJJ_Result r) {
      r.r1 = shown(segment.claim(RECORD_BYTES));
    }

    @Actor
    public void another(JJJ_Result r) {
      r.r2 = shown(segment.claim(RECORD_BYTES));
    }

    @Arbiter
    public void tail(JJJ_Result r) {
      r.r3 = shown(segment.tailBytes());
    }
  }

  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "claimed, and sealed behind it")
  @Outcome(id = "-1, 0", expect = ACCEPTABLE, desc = "sealed before")
  @State
  public static class ASealTellsWhatWasClaimed {
    private final StagingSegment segment = segment(2);

    @Actor
    public void writer(JJ_Result r) {
      r.r1 = shown(segment.claim(RECORD_BYTES));
    }

    @Actor
    public void sealer(JJ_Result r) {
      r.r2 = shown(segment.seal());
    }
  }

  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not published yet")
  @Outcome(id = "1, 77", expect = ACCEPTABLE, desc = "the whole record")
  @State
  public static class APublishedRecordIsWhole {
    private final StagingSegment segment = segment(1);

    @Actor
    public void writer() {
      long offset = segment.claim(RECORD_BYTES);
      write(segment, offset, 77);
      segment.publish(offset, RECORD_BYTES);
    }

    @Actor
    public void reader(II_Result r) {
      if (segment.isVisible(FIRST)) {
        r.r1 = 1;
        r.r2 = (int) value(segment, FIRST);
      }
    }
  }

  /// Who makes the log durable walks up to what is resolved.
  @JCStressTest
  @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "the first is in progress")
  @Outcome(id = "1, 77, 0", expect = ACCEPTABLE, desc = "the first is whole")
  @Outcome(id = "2, 77, 88", expect = ACCEPTABLE, desc = "both are whole")
  @State
  public static class WhatIsResolvedIsWhole {
    private final StagingSegment segment = segment(2);

    @Actor
    public void writer() {
      long first = segment.claim(RECORD_BYTES);
      long second = segment.claim(RECORD_BYTES);
      write(segment, second, 88);
      segment.publish(second, RECORD_BYTES);
      write(segment, first, 77);
      segment.publish(first, RECORD_BYTES);
    }

    @Actor
    public void log(III_Result r) {
      long end = segment.resolvedTo(FIRST, segment.tailBytes());
      r.r1 = (int) shown(end);
      r.r2 = r.r1 > 0 ? (int) value(segment, FIRST) : 0;
      r.r3 = r.r1 > 1 ? (int) value(segment, FIRST + RECORD_BYTES) : 0;
    }
  }
}
