package io.zapkv.engine.memtable;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.Layouts;
import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.engine.format.ValueKind;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/// Two threads at one slot of the index, or at slots beside each other. Records are named by their
/// numbers, from one; zero is none.
public class HashIndexStress {
  private static final int RECORD_BYTES = (int) RecordDescriptor.lengthBytes(Long.BYTES, 0);
  private static final int RECORDS = 4;
  private static final int SLOTS = 8;

  /// Records with keys of eight bytes, and a small index over them.
  public static class Base {
    final MemorySegment records =
        MemorySegment.ofArray(new long[(RECORDS + 1) * RECORD_BYTES / Long.BYTES]);
    final HashIndex index =
        new HashIndex(
            records, MemorySegment.ofArray(new long[HashIndex.LINE_BYTES / Long.BYTES + SLOTS]));

    /// Writes a record, as a writer does before it is found by anyone.
    final void record(int number, long key) {
      long offset = (long) number * RECORD_BYTES;
      RecordDescriptor.describe(records, offset, ValueKind.PUT, Long.BYTES, 0, 0);
      records.set(Layouts.U64, offset + RecordDescriptor.HEADER_BYTES, key);
    }

    final void insert(int number) {
      long offset = (long) number * RECORD_BYTES;
      index.insert(offset, Long.BYTES, hash(offset));
    }

    final int newest(long key) {
      MemorySegment wanted = MemorySegment.ofArray(new long[] {key});
      wanted.set(Layouts.U64, 0, key);
      return number(index.newest(wanted, 0, Long.BYTES, Keys.hash(wanted, 0, Long.BYTES)));
    }

    final int older(int number) {
      return number == 0
          ? 0
          : number(
              (long) RecordDescriptor.previous(records, (long) number * RECORD_BYTES)
                  * RecordDescriptor.ALIGNMENT);
    }

    private long hash(long offset) {
      return Keys.hash(records, offset + RecordDescriptor.HEADER_BYTES, Long.BYTES);
    }

    private static int number(long offset) {
      return (int) (offset / RECORD_BYTES);
    }
  }

  @JCStressTest
  @Outcome(id = "2, 1, 0", expect = ACCEPTABLE, desc = "newest first, whoever came first")
  @State
  public static class TwoVersionsDescend extends Base {
    public TwoVersionsDescend() {
      record(1, 5);
      record(2, 5);
    }

    @Actor
    public void one() {
      insert(1);
    }

    @Actor
    public void another() {
      insert(2);
    }

    @Arbiter
    public void chain(III_Result r) {
      r.r1 = newest(5);
      r.r2 = older(r.r1);
      r.r3 = older(r.r2);
    }
  }

  /// Both belong below the newest: they meet in its link.
  @JCStressTest
  @Outcome(id = "3, 2, 1", expect = ACCEPTABLE, desc = "newest first, whoever came first")
  @State
  public static class TwoOlderVersionsDescendBelowTheNewest extends Base {
    public TwoOlderVersionsDescendBelowTheNewest() {
      record(1, 5);
      record(2, 5);
      record(3, 5);
      insert(3);
    }

    @Actor
    public void one() {
      insert(1);
    }

    @Actor
    public void another() {
      insert(2);
    }

    @Arbiter
    public void chain(III_Result r) {
      r.r1 = newest(5);
      r.r2 = older(r.r1);
      r.r3 = older(r.r2);
    }
  }

  /// One of the two finds its slot taken, and goes on to the next.
  @JCStressTest
  @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "each is found")
  @State
  public static class TwoKeysOfOneSlotAreBothFound extends Base {
    private static final long KEY = 5;
    private static final long NEIGHBOUR = neighbour();

    public TwoKeysOfOneSlotAreBothFound() {
      record(1, KEY);
      record(2, NEIGHBOUR);
    }

    private static long neighbour() {
      long key = KEY + 1;
      while ((hashOf(key) ^ hashOf(KEY)) % SLOTS != 0) {
        key++;
      }
      return key;
    }

    private static long hashOf(long key) {
      MemorySegment bytes = MemorySegment.ofArray(new long[1]);
      bytes.set(Layouts.U64, 0, key);
      return Keys.hash(bytes, 0, Long.BYTES);
    }

    @Actor
    public void one() {
      insert(1);
    }

    @Actor
    public void another() {
      insert(2);
    }

    @Arbiter
    public void found(II_Result r) {
      r.r1 = newest(KEY);
      r.r2 = newest(NEIGHBOUR);
    }
  }

  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "before the newer one")
  @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "the newer one leads to the older")
  @State
  public static class AReaderNeverLosesTheOlderVersion extends Base {
    public AReaderNeverLosesTheOlderVersion() {
      record(1, 5);
      insert(1);
    }

    @Actor
    public void writer() {
      record(2, 5);
      insert(2);
    }

    @Actor
    public void reader(II_Result r) {
      r.r1 = newest(5);
      r.r2 = older(r.r1);
    }
  }
}
