package io.zapkv.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.ring.Rings.Choice;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;

class RingsTest {
  private static final String REFUSAL = "io_uring_setup failed with EPERM; set the sysctl to 0";

  private static final ThreadFactory NO_THREADS =
      _ -> {
        throw new AssertionError("no thread is needed");
      };

  @Test
  void autoTakesThreadsWhereTheKernelRefusesAndSaysWhy() {
    try (Rings rings = Rings.choose(Choice.AUTO, REFUSAL, 2, Thread::new);
        Ring ring = rings.open(RingOptions.of(3))) {
      assertThat(rings.isUring()).isFalse();
      assertThat(rings.description()).isEqualTo("2 worker threads: no io_uring, " + REFUSAL);
      assertThat(ring.capacity()).isEqualTo(3);
    }
  }

  @Test
  void autoTakesTheKernelWhereItMayAndStartsNoThread() {
    try (Rings rings = Rings.choose(Choice.AUTO, null, 2, NO_THREADS)) {
      assertThat(rings.isUring()).isTrue();
      assertThat(rings.description()).isEqualTo("io_uring: allowed here");
    }
  }

  @Test
  void whoAsksForTheKernelGetsItOrTheCure() {
    assertThatThrownBy(() -> Rings.choose(Choice.URING, REFUSAL, 2, NO_THREADS))
        .isInstanceOf(RingException.class)
        .hasMessageContaining("ring=uring is not to be had")
        .hasMessageContaining("set the sysctl to 0");
    Rings.choose(Choice.URING, null, 2, NO_THREADS).close();
  }

  @Test
  void whoAsksForThreadsGetsThem() {
    try (Rings rings = Rings.choose(Choice.POOL, 1, Thread::new)) {
      assertThat(rings.description()).isEqualTo("1 worker threads: asked for");
      rings.close();
    }
  }

  @Test
  void theMachineIsAsked() {
    try (Rings rings = Rings.choose(Choice.AUTO, 1, Thread::new);
        Ring ring = rings.open(RingOptions.of(1).withCommands())) {
      assertThat(ring.nop(0, 1)).isTrue();
      new Completions().drain(ring);
      assertThat(rings.description()).startsWith(rings.isUring() ? "io_uring" : "1 worker");
    }
  }

  @Test
  void aRingHasItsBounds() {
    assertThatThrownBy(() -> RingOptions.of(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RingOptions.of(RingOptions.CAPACITY_MAX + 1))
        .hasMessageContaining("32768");
    assertThat(RingOptions.of(2).withPolling().withCommands())
        .isEqualTo(new RingOptions(2, true, true));
  }
}
