package io.zapkv.engine.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.ring.sim.SimClock;
import org.junit.jupiter.api.Test;

class FlushRateTest {
  private static final long SECOND = 1_000_000_000;

  private final SimClock clock = new SimClock();
  private final FlushRate rate = new FlushRate(clock, 4096);

  @Test
  void beforeTheFirstFlushIsOverTheRateIsAGuessUnlessThatFlushIsOverdue() {
    assertThat(rate.bytesPerSecond()).isEqualTo(64 << 20);
    rate.begin(1_000);
    assertThat(rate.bytesPerSecond()).isEqualTo(64 << 20);
    clock.advance(SECOND);
    assertThat(rate.bytesPerSecond()).isEqualTo(1_000);
  }

  @Test
  void halfOfWhatWasKnownStays() {
    flush(1_000);
    flush(3_000);
    assertThat(rate.bytesPerSecond()).isEqualTo(2_000);
  }

  @Test
  void aFlushThatIsOverdueLowersTheRateWhileItRuns() {
    flush(1_000);
    rate.begin(1_000);
    clock.advance(SECOND / 2);
    assertThat(rate.bytesPerSecond()).isEqualTo(1_000); // not due yet
    clock.advance(SECOND / 2 + 3 * SECOND);
    assertThat(rate.bytesPerSecond()).isEqualTo(250);
  }

  private void flush(long bytes) {
    rate.begin(bytes);
    clock.advance(SECOND);
    rate.end();
  }
}
