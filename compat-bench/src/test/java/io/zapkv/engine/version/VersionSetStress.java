package io.zapkv.engine.version;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.zapkv.engine.base.EpochGate;
import io.zapkv.engine.memtable.MemTable;
import io.zapkv.engine.staging.StressSegments;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.table.TableReader;
import io.zapkv.zns.ZonedDevices;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/// A sealed memtable is flushed while others look at it: it is given back once, and not before the
/// last of them is done. -1 is what nobody who may look must find.
public class VersionSetStress {
  private static final int REUSED = -1;

  // In none of them anything lives that a state could change but for the journal, which is shared.
  private static final Manifest MANIFEST =
      Manifest.create(
          ZonedDevices.open("mem:?zones=16&capacity=64KiB&block=512&append=8KiB"), 0x5EED);
  private static final MemTable ACTIVE = new MemTable(StressSegments.empty(), 1);
  private static final MemTable SEALED = new MemTable(StressSegments.empty(), 1);

  /// A set with one sealed memtable, whose memory is 1 until it is given back.
  public static class Base implements VersionSet.Owner {
    final EpochGate gate = new EpochGate(LockSupport::parkNanos);
    final AtomicInteger timesGone = new AtomicInteger();
    final VersionSet versions;
    int memory = 1;

    Base() {
      versions =
          new VersionSet(MANIFEST, Version.empty(), SEALED, Base::none, Base::none, gate, this);
      versions.rotate(ACTIVE);
      versions.awaitReclaim();
    }

    private static TableReader none(TableMeta table) {
      throw new AssertionError("there is no table " + table);
    }

    @Override
    public void tableGone(TableMeta table) {}

    @Override
    public void memTableGone(MemTable table) {
      memory = REUSED;
      timesGone.incrementAndGet();
    }

    @Override
    public void allGone() {}

    final void flush() {
      versions.commit(VersionEdit.EMPTY, SEALED);
    }

    final int look(SuperVersion version) {
      return version.sealedCount() == 0 ? 0 : memory;
    }

    final int lookHeld() {
      SuperVersion held = versions.hold();
      int first = look(held);
      int again = look(held);
      versions.release(held);
      return first == again ? first : REUSED;
    }

    final int timesGoneInTheEnd() {
      versions.awaitReclaim();
      return timesGone.get();
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0, 1", "1, 1"},
      expect = ACCEPTABLE,
      desc = "flushed before or after, given back once")
  @State
  public static class WhatIsHeldIsNotGivenBack extends Base {
    @Actor
    public void holder(II_Result r) {
      r.r1 = lookHeld();
    }

    @Actor
    public void flusher() {
      flush();
    }

    @Arbiter
    public void count(II_Result r) {
      r.r2 = timesGoneInTheEnd();
    }
  }

  /// Both hold what is flushed already, so that one of them gives it back.
  @JCStressTest
  @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "given back by the last")
  @State
  public static class TheLastOfTwoHoldersGivesBack extends Base {
    private final SuperVersion held = versions.hold();

    public TheLastOfTwoHoldersGivesBack() {
      versions.hold();
      flush();
    }

    @Actor
    public void one(III_Result r) {
      r.r1 = look(held);
      versions.release(held);
    }

    @Actor
    public void another(III_Result r) {
      r.r2 = look(held);
      versions.release(held);
    }

    @Arbiter
    public void count(III_Result r) {
      r.r3 = timesGoneInTheEnd();
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0, 1", "1, 1"},
      expect = ACCEPTABLE,
      desc = "flushed before or after, given back once")
  @State
  public static class AReaderInTheGateNeedsNoHold extends Base {
    @Actor
    public void reader(II_Result r) {
      int ticket = gate.enter();
      SuperVersion seen = versions.current();
      int first = look(seen);
      int again = look(seen);
      gate.exit(ticket);
      r.r1 = first == again ? first : REUSED;
    }

    @Actor
    public void flusher() {
      flush();
    }

    @Arbiter
    public void count(II_Result r) {
      r.r2 = timesGoneInTheEnd();
    }
  }
}
