package io.zapkv.engine.write;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WriteTimelineTest {
  private long start = Long.MAX_VALUE - 5_000_000; // clocks may run over

  private final WriteTimeline timeline = new WriteTimeline(start);

  @Test
  void withoutPressureNobodyWaits() {
    assertThat(timeline.waitNanos(0, start)).isZero();
  }

  @Test
  void shortDelaysAddUpToAWait() {
    long waited = 0;
    int waits = 0;
    long now = start;
    for (int write = 0; write < 10_000; write++) {
      long wait = timeline.waitNanos(1_000, now);
      now += wait;
      waited += wait;
      waits += wait > 0 ? 1 : 0;
    }
    assertThat(waited).isBetween(9_900_000L, 10_000_000L);
    assertThat(waits).isEqualTo(100);
  }

  @Test
  void writersAtOneMomentStandInLine() {
    assertThat(timeline.waitNanos(1_000_000, start)).isEqualTo(1_000_000);
    assertThat(timeline.waitNanos(1_000_000, start)).isEqualTo(2_000_000);
    assertThat(timeline.waitNanos(1_000_000, start + 1_000_000)).isEqualTo(2_000_000);
  }

  @Test
  void nobodyWaitsLongerThanTheBound() {
    for (int writer = 0; writer < 100; writer++) {
      assertThat(timeline.waitNanos(5_000_000, start))
          .isLessThanOrEqualTo(StallPolicy.WAIT_NANOS_MAX);
    }
  }

  @Test
  void idleTimeIsNotSavedUp() {
    assertThat(timeline.waitNanos(1_000_000, start + 60_000_000_000L)).isEqualTo(1_000_000);
  }
}
