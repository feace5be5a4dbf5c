package io.zapkv.engine.memtable;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.zapkv.api.WriteBatch;
import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.Layouts;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.staging.StressSegments;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/// Puts and gets in one memtable. Keys and values are numbers; zero is no value.
public class MemTableStress {
  /// A memtable of a few records.
  public static class Base {
    final MemTable table = new MemTable(StressSegments.empty(), 1);

    final long put(long key, long value) {
      return table.add(ValueKind.PUT, bytes(key), 0, Long.BYTES, bytes(value), 0, Long.BYTES);
    }

    final int get(long key, long snapshotSequence) {
      MemTable.Result result = new MemTable.Result();
      MemorySegment wanted = MemorySegment.ofArray(bytes(key));
      long hash = Keys.hash(wanted, 0, Long.BYTES);
      return table.get(wanted, 0, Long.BYTES, hash, snapshotSequence, result) == MemTable.FOUND
          ? (int) result.segment().get(Layouts.U64, result.offset())
          : 0;
    }

    final int get(long key) {
      return get(key, Long.MAX_VALUE);
    }

    static byte[] bytes(long number) {
      byte[] bytes = new byte[Long.BYTES];
      MemorySegment.ofArray(bytes).set(Layouts.U64, 0, number);
      return bytes;
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0, 0", "0, 7", "7, 7"},
      expect = ACCEPTABLE,
      desc = "there, and then stays there")
  @State
  public static class APutIsSeenWholeAndStays extends Base {
    @Actor
    public void writer() {
      put(1, 7);
    }

    @Actor
    public void reader(II_Result r) {
      r.r1 = get(1);
      r.r2 = get(1);
    }

    @Arbiter
    public void end() {
      table.release();
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0, 0", "0, 7", "0, 8", "7, 7", "7, 8", "8, 8"},
      expect = ACCEPTABLE,
      desc = "never back")
  @State
  public static class VersionsNeverGoBack extends Base {
    @Actor
    public void writer() {
      put(1, 7);
      put(1, 8);
    }

    @Actor
    public void reader(II_Result r) {
      r.r1 = get(1);
      r.r2 = get(1);
    }

    @Arbiter
    public void end() {
      table.release();
    }
  }

  /// Of two writers to one key the later place wins, and the earlier is still read at its sequence.
  @JCStressTest
  @Outcome(
      id = {"7, 8, 8, 8", "7, 8, 7, 7"},
      expect = ACCEPTABLE,
      desc = "one wins, none is lost")
  @State
  public static class TwoWritersToOneKeyAreOrderedByTheirPlaces extends Base {
    private volatile long seven;
    private volatile long eight;

    @Actor
    public void one() {
      seven = put(1, 7);
    }

    @Actor
    public void another() {
      eight = put(1, 8);
    }

    @Arbiter
    public void end(IIII_Result r) {
      r.r1 = get(1, seven);
      r.r2 = get(1, eight);
      r.r3 = get(1);
      r.r4 = seven > eight ? 7 : 8;
      table.release();
    }
  }

  /// Asked for in the order in which a half of the batch would show.
  @JCStressTest
  @Outcome(
      id = {"0, 0", "0, 8", "7, 8"},
      expect = ACCEPTABLE,
      desc = "all of it, or none yet")
  @State
  public static class ABatchIsSeenAsAWhole extends Base {
    @Actor
    public void writer() {
      WriteBatch batch = new WriteBatch();
      batch.put(bytes(1), bytes(7));
      batch.put(bytes(2), bytes(8));
      table.add(batch);
    }

    @Actor
    public void reader(II_Result r) {
      r.r1 = get(1);
      r.r2 = get(2);
    }

    @Arbiter
    public void end() {
      table.release();
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0", "7"},
      expect = ACCEPTABLE,
      desc = "in the table, or refused")
  @State
  public static class WhatIsRefusedAfterASealIsNotThere extends Base {
    private volatile boolean refused;

    @Actor
    public void writer() {
      refused = put(1, 7) == MemTable.FULL;
    }

    @Actor
    public void sealer() {
      table.seal();
    }

    @Arbiter
    public void end(I_Result r) {
      int found = get(1);
      r.r1 = (found == 0) == refused ? found : -1;
      table.release();
    }
  }
}
