package io.zapkv.ring.uring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zapkv.ring.Completions;
import io.zapkv.ring.Errno;
import io.zapkv.ring.Ring;
import io.zapkv.ring.RingException;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.RingOptions;
import io.zapkv.ring.sys.CallState;
import io.zapkv.ring.sys.Libc;
import io.zapkv.ring.sys.LinuxFile;
import io.zapkv.ring.sys.LinuxFile.Flag;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What cannot be with as many places for completions as there are slots: a completion queue that
/// overflows. Here it has fewer, or a second mapping of it says what the kernel would.
class UringOverflowTest {
  private static final int SLOTS = 64;
  private static final int LENGTH = 8;
  private static final int PAGE = 4096;

  @TempDir private Path folder;
  private final Arena arena = Arena.ofShared();
  private final CallState state = new CallState(arena);
  private final ScriptedCalls calls = new ScriptedCalls();
  private RingFile file;
  private MemorySegment mapped = MemorySegment.NULL;

  @BeforeAll
  static void needsUring() {
    String refusal = UringProbe.refusal();
    assumeTrue(refusal == null, () -> String.valueOf(refusal));
  }

  @BeforeEach
  void openFile() throws Exception {
    LinuxFile opened = LinuxFile.open(folder.resolve("file"), Flag.WRITE, Flag.CREATE);
    MemorySegment block = arena.allocate(PAGE);
    for (int i = 0; i < SLOTS; i++) {
      block.fill((byte) (i + 1));
      opened.write((long) i * PAGE, block);
    }
    file = new InKernel(opened);
  }

  @AfterEach
  void close() {
    if (mapped.byteSize() > 0) {
      Libc.munmap(state, mapped.address(), mapped.byteSize());
    }
    file.close();
    arena.close();
  }

  private Ring open(boolean commands) {
    RingOptions options = RingOptions.of(SLOTS);
    return UringRing.open(commands ? options.withCommands() : options, calls, 2);
  }

  /// A second look at what ring and kernel share.
  private void map() {
    long address = Libc.mmap(state, PAGE, 3, 1, calls.fd, UringAbi.OFF_SQ_RING);
    assertThat(address).isPositive();
    mapped = Libc.mapped(address, PAGE);
  }

  private int shared(int offsetInParams) {
    return mapped.get(JAVA_INT, calls.params.get(JAVA_INT, offsetInParams));
  }

  private void share(int offsetInParams, int value) {
    mapped.set(JAVA_INT, calls.params.get(JAVA_INT, offsetInParams), value);
  }

  private boolean hasOverflowed() {
    return (shared(ParamsDescriptor.SQ_FLAGS) & UringAbi.SQ_CQ_OVERFLOW) != 0;
  }

  /// Reads of cached pages complete while they are submitted, so that eight places are soon taken.
  private MemorySegment[] readAllWithoutTaking(Ring ring) {
    MemorySegment[] targets = new MemorySegment[SLOTS];
    for (int i = 0; i < SLOTS; i++) {
      targets[i] = arena.allocate(PAGE);
      assertThat(ring.read(file, (long) i * PAGE, targets[i], 0, i)).isTrue();
      if (i % LENGTH == LENGTH - 1) {
        ring.flush();
      }
    }
    return targets;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatTheKernelKeptInAnOverflowComesByPolling(boolean commands) {
    calls.lengthMax = LENGTH;
    try (Ring ring = open(commands)) {
      map();
      MemorySegment[] targets = readAllWithoutTaking(ring);
      assertThat(hasOverflowed()).isTrue();
      Completions completions = new Completions();
      for (int polls = 0; ring.outstanding() > 0; polls++) {
        assertThat(polls).as("polls").isLessThan(1000);
        ring.poll(completions, SLOTS);
      }
      assertThat(calls.collects).as("enters to have it posted").isPositive();
      assertThat(hasOverflowed()).isFalse();
      assertWhole(completions, targets);
    }
  }

  @Test
  void whatTheKernelKeptInAnOverflowComesByWaiting() {
    calls.lengthMax = LENGTH;
    try (Ring ring = open(false)) {
      map();
      MemorySegment[] targets = readAllWithoutTaking(ring);
      assertThat(hasOverflowed()).isTrue();
      Completions completions = new Completions().drain(ring);
      assertWhole(completions, targets);
      // And it goes on as before.
      ring.read(file, 0, targets[0], 0, SLOTS);
      assertThat(completions.drain(ring).result(SLOTS)).isEqualTo(PAGE);
    }
  }

  @Test
  void closingTakesWhatTheKernelKeptInAnOverflow() {
    calls.lengthMax = LENGTH;
    Ring ring = open(false);
    map();
    readAllWithoutTaking(ring);
    assertThat(hasOverflowed()).isTrue();
    ring.close();
    assertThat(ring.outstanding()).isZero();
    assertThat(hasOverflowed()).isFalse();
  }

  private static void assertWhole(Completions completions, MemorySegment[] targets) {
    assertThat(completions.tokens())
        .containsExactlyInAnyOrderElementsOf(LongStream.range(0, SLOTS).boxed().toList());
    assertThat(completions.results()).containsOnly(PAGE);
    for (int i = 0; i < SLOTS; i++) {
      assertThat(targets[i].toArray(ValueLayout.JAVA_BYTE)).containsOnly(i + 1);
    }
  }

  @Test
  void thePollEntersTheKernelWhereTheFlagSaysThatItHoldsCompletionsBack() {
    try (Ring ring = open(false)) {
      map();
      ring.poll(new Completions(), 1);
      assertThat(calls.enters).isZero();
      share(ParamsDescriptor.SQ_FLAGS, UringAbi.SQ_CQ_OVERFLOW);
      ring.poll(new Completions(), 1);
      assertThat(calls.collects).isOne();
      share(ParamsDescriptor.SQ_FLAGS, 0);
      ring.poll(new Completions(), 1);
      assertThat(calls.enters).isOne();
    }
  }

  @Test
  void aDroppedCompletionPoisonsTheRing() {
    Ring ring = open(false);
    map();
    calls.swallows = true;
    ring.read(file, 0, arena.allocate(PAGE), 0, 1);
    ring.flush();
    assertThat(ring.poll(new Completions(), 1)).isZero();
    share(ParamsDescriptor.CQ_OVERFLOW, 1);
    assertThatThrownBy(() -> ring.poll(new Completions(), 1))
        .isInstanceOfSatisfying(
            RingException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBADR))
        .hasMessageContaining("completions dropped: 1");
    assertThatThrownBy(() -> ring.await(new Completions(), 1)).hasMessageContaining("dropped: 1");
    assertThatThrownBy(ring::flush).hasMessageContaining("dropped: 1");
    ring.close();
    assertThat(ring.outstanding()).as("never given back, so its buffer stays").isOne();
  }
}
