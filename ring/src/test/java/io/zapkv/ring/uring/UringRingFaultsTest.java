package io.zapkv.ring.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zapkv.ring.Completions;
import io.zapkv.ring.Errno;
import io.zapkv.ring.Ring;
import io.zapkv.ring.RingException;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.RingOptions;
import io.zapkv.ring.sys.LinuxFile;
import io.zapkv.ring.sys.LinuxFile.Flag;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a ring in the kernel does when the kernel does not do what it was told.
class UringRingFaultsTest {
  @TempDir private Path folder;
  private final Arena arena = Arena.ofShared();
  private final ScriptedCalls calls = new ScriptedCalls();
  private LinuxFile opened;
  private RingFile file;

  @BeforeAll
  static void needsUring() {
    String refusal = UringProbe.refusal();
    assumeTrue(refusal == null, () -> String.valueOf(refusal));
  }

  @BeforeEach
  void openFile() throws Exception {
    opened = LinuxFile.open(folder.resolve("file"), Flag.WRITE, Flag.CREATE);
    file = new InKernel(opened);
  }

  @AfterEach
  void close() {
    file.close();
    arena.close();
  }

  private Ring ring(int capacity) {
    return UringRing.open(RingOptions.of(capacity), calls, 2);
  }

  private MemorySegment filled(int bytes, int value) {
    MemorySegment segment = arena.allocate(bytes);
    segment.fill((byte) value);
    return segment;
  }

  private byte[] contents(int offset, int length) {
    MemorySegment target = arena.allocate(length);
    assertThat(file.read(offset, target)).isEqualTo(length);
    return target.toArray(ValueLayout.JAVA_BYTE);
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.EINTR, Errno.EAGAIN, Errno.EBUSY, Errno.ENOMEM})
  void aPassingRefusalOfTheKernelLosesAndDoublesNothing(int errno) {
    try (Ring ring = ring(8)) {
      for (int round = 0; round < 20; round++) {
        for (int i = 0; i <= round % 5; i++) {
          calls.enterAnswers.add(-errno);
        }
        ring.write(file, round * 10L, filled(10, round), Ring.LINK, 1);
        ring.sync(file, 0, 2);
        ring.write(file, 1000 + round * 10L, filled(10, round), 0, 3);
        if (round % 2 == 0 || round % 3 == 0) {
          assertThat(ring.flush()).isEqualTo(3);
        }
        Completions completions = new Completions();
        while (ring.outstanding() > 0) {
          if (round % 3 == 0) {
            ring.poll(completions, 1);
          } else {
            ring.await(completions, 8);
          }
        }
        assertThat(completions.tokens()).containsExactlyInAnyOrder(1L, 2L, 3L);
        assertThat(completions.result(1)).isEqualTo(10);
        assertThat(contents(round * 10, 10)).containsOnly(round);
      }
    }
  }

  @Test
  void aRefusalThatDoesNotPassPoisonsTheRing() {
    Ring ring = ring(2);
    ring.write(file, 0, filled(10, 1), 0, 1);
    // What is longer than the patience of the ring would be tried again for ten seconds.
    calls.enterAnswer = -Errno.EBADF;
    assertThatThrownBy(() -> ring.await(new Completions(), 1))
        .isInstanceOf(RingException.class)
        .hasMessageContaining("EBADF")
        .hasMessageContaining("descriptor");
    calls.enterAnswer = 0;
    assertThatThrownBy(ring::flush).hasMessageContaining("EBADF");
    assertThatThrownBy(() -> ring.poll(new Completions(), 1)).hasMessageContaining("EBADF");
    ring.close();
    assertThat(ring.outstanding()).as("never given back, so its buffers stay").isOne();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        Errno.EBADR,
        Errno.ENXIO,
        Errno.EFAULT,
        Errno.EINVAL,
        Errno.EOPNOTSUPP,
        Errno.EBADFD,
        Errno.EEXIST,
        Errno.EPERM,
        Errno.EACCES,
        Errno.EOWNERDEAD,
        99
      })
  void everyOtherErrorOfEnterPoisonsWithASentence(int errno) {
    Ring ring = ring(2);
    ring.write(file, 0, filled(10, 1), 0, 1);
    calls.enterAnswers.add(-errno);
    assertThatThrownBy(ring::flush)
        .isInstanceOfSatisfying(
            RingException.class,
            e -> {
              assertThat(e.errno()).isEqualTo(errno);
              assertThat(e.advice()).hasSizeGreaterThan(20);
            })
        .hasMessageContaining(Errno.name(errno));
    ring.close();
  }

  @Test
  void aChainThatTheKernelCutsStillRunsInOrderAndStopsAtAFailure() {
    for (int takenMax = 1; takenMax < 6; takenMax++) {
      calls.takenMax = takenMax;
      try (Ring ring = ring(8)) {
        ring.write(file, 0, filled(100, 1), 0, 1);
        ring.write(file, 0, filled(100, 1), Ring.LINK, 2);
        ring.write(file, 0, filled(100, 2), Ring.LINK, 3);
        ring.read(file, 100_000, filled(1, 0), Ring.LINK, 4);
        ring.write(file, 0, filled(100, 9), 0, 5);
        ring.write(file, 200, filled(10, 7), Ring.LINK, 6);
        ring.write(file, 200, filled(10, 8), 0, 7);
        Completions completions = new Completions().drain(ring);
        assertThat(completions.size()).isEqualTo(7);
        assertThat(completions.result(3)).isEqualTo(100);
        assertThat(completions.result(4)).isEqualTo(-Errno.EIO);
        assertThat(completions.result(5)).isEqualTo(-Errno.ECANCELED);
        assertThat(completions.result(7)).isEqualTo(10);
        assertThat(contents(200, 10)).containsOnly(8);
        assertThat(contents(0, 100)).doesNotContain(9);
      }
    }
  }

  @Test
  void aShortTransferIsContinuedAndItsChainGoesOn() {
    file.write(0, filled(50, 1));
    // The kernel reads fifty bytes, breaks the chain, and the rest is there a moment later.
    calls.beforeEnter =
        () -> {
          if (calls.enters == 2) {
            file.write(50, filled(50, 2));
          }
        };
    try (Ring ring = ring(8)) {
      MemorySegment target = filled(100, 0);
      ring.write(file, 1000, filled(10, 5), Ring.LINK, 1);
      ring.read(file, 1005, target.asSlice(0, 5), Ring.LINK, 2);
      ring.read(file, 0, filled(0, 0), Ring.LINK, 3);
      ring.write(file, 2000, filled(10, 6), 0, 4);
      assertThat(new Completions().drain(ring).results()).containsExactly(10, 5, 0, 10);
    }
    opened.truncate(50);
    calls.enters = 0;
    try (Ring ring = ring(8)) {
      MemorySegment target = filled(100, 0);
      ring.read(file, 0, target, Ring.LINK, 1);
      ring.read(file, 0, filled(40, 0), Ring.LINK, 2);
      ring.write(file, 200, filled(10, 6), 0, 3);
      Completions completions = new Completions().drain(ring);
      assertThat(completions.tokens()).containsExactly(1L, 2L, 3L);
      assertThat(completions.results()).containsExactly(100, 40, 10);
      assertThat(target.toArray(ValueLayout.JAVA_BYTE)).contains(1, 2).doesNotContain(0);
      assertThat(contents(200, 10)).containsOnly(6);
    }
  }

  @Test
  void aGatheredReadOfTheRestDoesNotBeginAnew() {
    file.write(0, filled(50, 1));
    try (Ring ring = ring(8)) {
      ring.read(file, 0, filled(100, 0), 0, 1);
      Completions completions = new Completions().drain(ring);
      assertThat(completions.result(1)).as("the rest never came").isEqualTo(-Errno.EIO);
    }
  }

  @Test
  void aThreadThatEndsTakesNoOperationAlong() throws Exception {
    try (Ring ring = ring(64)) {
      for (int round = 0; round < 4; round++) {
        int fill = round;
        Thread first =
            new Thread(() -> {
              for (int i = 0; i < 10; i++) {
                ring.write(file, i * 10_000L, filled(10_000, fill), Ring.LINK, i * 2L);
                ring.sync(file, 0, i * 2L + 1);
              }
              ring.flush();
            });
        first.start();
        first.join();
        Completions completions = new Completions().drain(ring);
        for (int token = 0; token < 20; token++) {
          assertThat(completions.result(token)).isEqualTo(token % 2 == 0 ? 10_000 : 0);
        }
        byte[] expected = new byte[100_000];
        Arrays.fill(expected, (byte) round);
        assertThat(contents(0, 100_000)).isEqualTo(expected);
      }
    }
  }

  @Test
  void whatNeverComesBackKeepsItsRingMapped() {
    Ring ring = ring(4);
    calls.swallows = true;
    ring.write(file, 0, filled(10, 1), 0, 1);
    ring.flush();
    ring.close();
    assertThat(calls.registrations).as("cancelled before it was given up").isOne();
    assertThat(ring.outstanding()).isOne();
    ring.close();
  }

  @Test
  void registeredFilesAndBuffersWorkLikeOthers() throws Exception {
    MemorySegment slab = arena.allocate(1 << 16, 4096);
    slab.fill((byte) 3);
    try (Ring ring = ring(8);
        LinuxFile other =
            LinuxFile.open(folder.resolve("other"), Flag.WRITE, Flag.CREATE, Flag.DIRECT)) {
      assertThat(ring.registerFile(file)).isTrue();
      assertThat(ring.registerFile(other)).isTrue();
      ring.registerBuffers(slab);
      assertThat(ring.registerBuffers(slab)).as("only once").isFalse();
      ring.write(file, 0, slab.asSlice(0, 100), Ring.LINK, 1);
      ring.write(other, 0, slab.asSlice(4096, 4096), Ring.LINK, 2);
      ring.write(file, 100, filled(100, 4), Ring.LINK, 3);
      ring.sync(other, Ring.LINK, 4);
      ring.read(other, 0, slab.asSlice(8192, 4096), 0, 5);
      assertThat(new Completions().drain(ring).results()).containsExactly(100, 4096, 100, 0, 4096);
      assertThat(contents(0, 100)).containsOnly(3);
      assertThat(contents(100, 100)).containsOnly(4);
    }
  }

  @Test
  void aPolledRingAnswersEveryOperation() throws Exception {
    MemorySegment buffer = arena.allocate(4096, 4096);
    try (Ring ring = UringRing.open(RingOptions.of(8).withPolling());
        LinuxFile direct =
            LinuxFile.open(folder.resolve("direct"), Flag.WRITE, Flag.CREATE, Flag.DIRECT)) {
      ring.write(direct, 0, buffer, 0, 1);
      ring.sync(direct, 0, 2);
      ring.write(file, 0, buffer, 0, 3);
      Completions completions = new Completions().drain(ring);
      assertThat(completions.result(1)).isIn(4096, -Errno.EOPNOTSUPP);
      assertThat(completions.result(2)).isZero();
      assertThat(completions.result(3)).as("not direct").isEqualTo(-Errno.EOPNOTSUPP);
    }
  }
}
