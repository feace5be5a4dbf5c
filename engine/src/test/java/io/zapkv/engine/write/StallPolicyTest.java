package io.zapkv.engine.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.engine.read.Seeds;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class StallPolicyTest {
  private static final long MIB = 1 << 20;
  private static final StallLimits LIMITS =
      new StallLimits(128 * MIB, 256 * MIB, 12, 36, 1024 * MIB, 4096 * MIB, 20, 10, 5);

  private final StallPolicy policy = new StallPolicy(LIMITS);

  /// One line a case: `memtables level0 owed zones flush room bytes -> put delete`, sizes in MiB
  /// but the bytes of the write.
  @TestFactory
  Stream<DynamicTest> delaysAreAsListed() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (InputStream in = getClass().getResourceAsStream("testdata/stalls.txt")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          tests.add(DynamicTest.dynamicTest(line, () -> check(line)));
        }
      }
    }
    return tests.stream();
  }

  private void check(String line) {
    String[] fields = line.split("#")[0].strip().split("[ >-]+");
    WritePressure pressure =
        new WritePressure(
            Long.parseLong(fields[0]) * MIB,
            Integer.parseInt(fields[1]),
            Long.parseLong(fields[2]) * MIB,
            Integer.parseInt(fields[3]),
            Long.parseLong(fields[4]) * MIB,
            fields[5].equals("room"));
    long bytes = Long.parseLong(fields[6]);
    assertThat(text(policy.delayOfPut(pressure, bytes))).isEqualTo(fields[7]);
    assertThat(text(policy.delayOfDelete(pressure, bytes))).isEqualTo(fields[8]);
  }

  private static String text(long delayNanos) {
    return delayNanos == StallPolicy.STOP
        ? "STOP"
        : delayNanos == StallPolicy.FULL ? "FULL" : delayNanos / 1000 + "us";
  }

  @Test
  void moreOfAnythingNeverMakesADelayShorter() {
    SplittableRandom random = new SplittableRandom(Seeds.seed());
    for (int i = 0; i < 200_000; i++) {
      WritePressure less = pressure(random);
      long bytes = random.nextInt(1 << 20);
      WritePressure more =
          new WritePressure(
              less.memtableBytes() + random.nextLong(64 * MIB),
              less.level0Tables() + random.nextInt(5),
              less.owedBytes() + random.nextLong(512 * MIB),
              less.emptyZones() - random.nextInt(5),
              less.flushBytesPerSecond(),
              true);
      long moreBytes = bytes + random.nextInt(1 << 10);
      assertThat(rank(policy.delayOfPut(more, moreBytes)))
          .as("seed %d: %s, %s", Seeds.seed(), less, more)
          .isGreaterThanOrEqualTo(rank(policy.delayOfPut(less, bytes)));
      assertThat(rank(policy.delayOfDelete(more, moreBytes)))
          .isGreaterThanOrEqualTo(rank(policy.delayOfDelete(less, bytes)));
    }
  }

  /// With steps of a 100,000th of the way from slow to stop, a delay grows by less than a hundredth
  /// of itself (far from the stop) and reaches its bound before writes stop.
  @Test
  void theDelayGrowsWithoutAJumpUntilItIsAsLongAsItMayBe() {
    long last = 0;
    int steps = 0;
    for (long bytes = 0; bytes < 300 * MIB; bytes += 1342, steps++) {
      WritePressure pressure = new WritePressure(bytes, 0, 0, 100, 64 * MIB, true);
      long delay = policy.delayOfPut(pressure, 1 << 20);
      if (delay == StallPolicy.STOP) {
        assertThat(last).isEqualTo(StallPolicy.WAIT_NANOS_MAX);
        assertThat(bytes).isBetween(256 * MIB, 257 * MIB);
        assertThat(steps).isGreaterThan(100_000);
        return;
      }
      assertThat(delay).isBetween(last, last + last / 100 + 20_000);
      last = delay;
    }
    throw new AssertionError("writes never stop");
  }

  @Test
  void noWaitIsLongerThanItMayBe() {
    SplittableRandom random = new SplittableRandom(Seeds.seed());
    for (int i = 0; i < 100_000; i++) {
      WritePressure pressure = pressure(random);
      assertThat(policy.delayOfPut(pressure, random.nextInt(1 << 30)))
          .isLessThanOrEqualTo(StallPolicy.WAIT_NANOS_MAX);
    }
  }

  /// Puts come as fast as they may, flushes at their own rate: the delay finds the balance, and no
  /// write meets a stop.
  @Test
  void writersSettleAtTheRateOfTheFlushes() {
    for (long flushMiB : new long[] {5, 50, 500}) {
      long nanos = 0;
      double memory = 0;
      double most = 0;
      long writes = 0;
      while (nanos < 20_000_000_000L) {
        WritePressure pressure = new WritePressure((long) memory, 0, 0, 100, flushMiB * MIB, true);
        long delay = policy.delayOfPut(pressure, 1000);
        assertThat(delay).isNotNegative();
        long step = delay + 200; // what a put takes by itself
        nanos += step;
        memory = Math.max(0, memory + 1000 - flushMiB * MIB * (step / 1e9));
        most = Math.max(most, memory);
        writes++;
      }
      assertThat(most).isLessThan(200 * MIB);
      double rate = writes * 1000 / 20.0 / MIB;
      assertThat(rate).isBetween(flushMiB * 0.99, flushMiB * 1.01 + 10);
    }
  }

  private static WritePressure pressure(SplittableRandom random) {
    return new WritePressure(
        random.nextLong(300 * MIB),
        random.nextInt(40),
        random.nextLong(5000 * MIB),
        random.nextInt(40),
        1 + random.nextLong(500 * MIB),
        true);
  }

  private static long rank(long delay) {
    return delay == StallPolicy.STOP ? Long.MAX_VALUE : delay;
  }
}
