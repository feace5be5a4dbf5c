package io.zapkv.ring.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.zapkv.ring.Completions;
import io.zapkv.ring.Errno;
import io.zapkv.ring.Ring;
import io.zapkv.ring.pool.MemoryFile;
import io.zapkv.ring.sim.SimSchedule.Order;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimRingTest {
  private final Arena arena = Arena.ofAuto();
  private final SimClock clock = new SimClock();
  private final MemorySegment memory = arena.allocate(1024);
  private final MemoryFile file = new MemoryFile(memory);

  private SimRing ring(long seed, String faults) {
    return new SimRing(16, clock, new SimSchedule(seed), SimFaults.parse(faults));
  }

  private MemorySegment filled(int bytes, int value) {
    return arena.allocate(bytes).fill((byte) value);
  }

  private static long seedOf(Order order) {
    long seed = 0;
    while (new SimSchedule(seed).order() != order) {
      seed++;
    }
    return seed;
  }

  /// Everything a caller can see of a run: which token, with what, when.
  private static List<String> trace(long seed) {
    SimClock clock = new SimClock();
    MemoryFile file = new MemoryFile(Arena.ofAuto().allocate(1024));
    SimFaults faults =
        SimFaults.parse("write 5 EIO halfway; sync 2 EIO after; any 30 EBUSY before");
    List<String> trace = new ArrayList<>();
    try (SimRing ring = new SimRing(16, clock, new SimSchedule(seed), faults)) {
      for (int token = 0; token < 60; ) {
        MemorySegment buffer = Arena.ofAuto().allocate(8);
        boolean accepted =
            switch (token % 4) {
              case 0 -> ring.write(file, token, buffer, token % 8 == 0 ? Ring.LINK : 0, token);
              case 1 -> ring.sync(file, 0, token);
              case 2 -> ring.read(file, token, buffer, 0, token);
              default -> ring.nop(0, token);
            };
        if (accepted) {
          token++;
          continue;
        }
        ring.await((t, r, _) -> trace.add(t + " " + r + " at " + clock.nanos()), 3);
      }
      ring.flush();
      while (ring.outstanding() > 0) {
        ring.poll((t, r, _) -> trace.add(t + " " + r + " at " + clock.nanos()), 3);
      }
    }
    assertThat(trace).hasSize(60);
    return trace;
  }

  @Test
  void theSameSeedGivesTheSameTrace() {
    for (long seed = 0; seed < 200; seed++) {
      assertThat(trace(seed)).as("seed %d", seed).isEqualTo(trace(seed));
    }
  }

  @Test
  void otherSeedsGiveOtherTraces() {
    Set<List<String>> traces = new HashSet<>();
    for (long seed = 0; seed < 200; seed++) {
      traces.add(trace(seed));
    }
    // Half of the seeds have steady latencies, and those are alike among themselves.
    assertThat(traces).hasSizeGreaterThan(60);
  }

  @Test
  void everyOrderIsDrawnBySomeSeed() {
    Set<Order> drawn = EnumSet.noneOf(Order.class);
    for (long seed = 0; seed < 64; seed++) {
      drawn.add(new SimSchedule(seed).order());
    }
    assertThat(drawn).containsExactlyInAnyOrder(Order.values());
  }

  @Test
  void aScheduleSaysWhatItWasMadeFrom() {
    long seed = seedOf(Order.STARVING);
    SimSchedule schedule = new SimSchedule(seed);
    assertThat(schedule).hasToString("seed " + seed + ", order STARVING");
    assertThat(schedule.seed()).isEqualTo(seed);
  }

  private List<Long> orderOfEight(long seed) {
    try (Ring ring = ring(seed, "")) {
      for (int token = 0; token < 8; token++) {
        ring.nop(0, token);
      }
      return new Completions().drain(ring).tokens();
    }
  }

  @Test
  void aSteadyOrderIsThatOfSubmissionOrItsReverse() {
    assertThat(orderOfEight(seedOf(Order.SUBMITTED)))
        .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
    assertThat(orderOfEight(seedOf(Order.REVERSED)))
        .containsExactly(7L, 6L, 5L, 4L, 3L, 2L, 1L, 0L);
  }

  @Test
  void aStarvedOperationIsOvertakenByOthersThatCameLater() {
    int overtakenFromAfar = 0;
    for (long seed = 0; seed < 200; seed++) {
      if (new SimSchedule(seed).order() != Order.STARVING) {
        continue;
      }
      List<Long> seen = new ArrayList<>();
      try (Ring ring = ring(seed, "")) {
        for (int token = 0; token < 16; token++) {
          ring.nop(0, token);
        }
        while (seen.size() < 60) {
          ring.await(
              (token, _, _) -> {
                seen.add(token);
                ring.nop(0, token + 16);
              },
              1);
        }
        for (int at = 0; at < seen.size(); at++) {
          int index = at;
          overtakenFromAfar +=
              seen.subList(0, at).stream().anyMatch(t -> t > seen.get(index) + 32) ? 1 : 0;
        }
      }
    }
    assertThat(overtakenFromAfar).isPositive();
  }

  @Test
  void aBufferChangedTooEarlyShowsInTheFile() {
    for (long seed = 0; seed < 50; seed++) {
      try (Ring ring = ring(seed, "")) {
        MemorySegment source = filled(8, 1);
        ring.write(file, 0, source, 0, 1);
        ring.flush();
        source.fill((byte) 2);
        new Completions().drain(ring);
        assertThat(memory.get(ValueLayout.JAVA_BYTE, 0)).as("seed %d", seed).isEqualTo((byte) 2);
      }
    }
  }

  @Test
  void aTargetLookedAtTooEarlyShowsPoison() {
    memory.fill((byte) 3);
    try (Ring ring = ring(1, "")) {
      MemorySegment target = filled(8, 0);
      ring.read(file, 0, target, 0, 1);
      ring.flush();
      assertThat(target.toArray(ValueLayout.JAVA_BYTE)).containsOnly(0xA5);
      new Completions().drain(ring);
      assertThat(target.toArray(ValueLayout.JAVA_BYTE)).containsOnly(3);
    }
  }

  @Test
  void timeMovesWithCompletionsAndPollsAndNotOtherwise() {
    try (Ring ring = ring(1, "")) {
      ring.nop(0, 1);
      ring.flush();
      assertThat(clock.nanos()).isZero();
      ring.await(new Completions(), 1);
      long completed = clock.nanos();
      assertThat(completed).isPositive();
      ring.await(new Completions(), 1);
      assertThat(clock.nanos()).isEqualTo(completed);
      ring.poll(new Completions(), 1);
      assertThat(clock.nanos()).isEqualTo(completed + 1000);
    }
    clock.advanceTo(5);
    assertThat(clock.nanos()).as("time does not go back").isGreaterThan(5);
    clock.advance(7);
    assertThatIllegalArgumentException().isThrownBy(() -> clock.advance(-1));
  }

  @Test
  void aPollDeliversOnlyWhatIsDue() {
    try (Ring ring = ring(seedOf(Order.SUBMITTED), "")) {
      ring.nop(0, 1);
      ring.flush();
      assertThat(ring.poll(new Completions(), 1)).isZero();
      clock.advance(1_000_000);
      assertThat(ring.poll(new Completions(), 1)).isOne();
    }
  }

  @Test
  void aFaultComesBeforeHalfwayThroughOrAfterTheEffect() {
    try (Ring ring =
        ring(3, "write 1 ENOSPC before; write 2 EIO halfway; write 3 ETIMEDOUT after")) {
      for (int token = 0; token < 4; token++) {
        ring.write(file, token * 8L, filled(8, 1), 0, token);
      }
      Completions completions = new Completions().drain(ring);
      assertThat(completions.result(0)).isEqualTo(-Errno.ENOSPC);
      assertThat(completions.result(1)).isEqualTo(-Errno.EIO);
      assertThat(completions.result(2)).isEqualTo(-Errno.ETIMEDOUT);
      assertThat(completions.result(3)).isEqualTo(8);
    }
    byte[] expected = new byte[32];
    for (int at = 8; at < 32; at++) {
      expected[at] = (byte) (at >= 12 && at < 16 ? 0 : 1);
    }
    assertThat(memory.asSlice(0, 32).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(expected);
  }

  @Test
  void aFaultInAChainCancelsWhatFollows() {
    for (int failing = 1; failing <= 4; failing++) {
      try (Ring ring = ring(failing, "any " + failing + " EIO before")) {
        for (int token = 1; token <= 4; token++) {
          ring.sync(file, Ring.LINK, token);
        }
        Completions completions = new Completions().drain(ring);
        for (int token = 1; token <= 4; token++) {
          int expected = token < failing ? 0 : token == failing ? -Errno.EIO : -Errno.ECANCELED;
          assertThat(completions.result(token)).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void ringsOfOneRunShareClockAndFaults() {
    SimSchedule schedule = new SimSchedule(5);
    SimFaults faults = SimFaults.parse("sync 2 EIO before");
    try (Ring one = new SimRing(2, clock, schedule, faults);
        Ring two = new SimRing(2, clock, schedule, faults)) {
      one.sync(file, 0, 1);
      assertThat(new Completions().drain(one).result(1)).isZero();
      two.sync(file, 0, 2);
      assertThat(new Completions().drain(two).result(2)).isEqualTo(-Errno.EIO);
    }
  }
}
