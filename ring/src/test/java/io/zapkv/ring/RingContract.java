package io.zapkv.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What every ring promises, whatever it works on.
public abstract class RingContract {
  protected static final int FILE_BYTES = 1 << 16;

  private static final long SEED = Long.getLong("zap.seed", System.nanoTime());

  private final Arena arena = Arena.ofShared();
  private final List<Ring> rings = new ArrayList<>();
  private final List<RingFile> files = new ArrayList<>();

  /// A ring of the kind under test.
  protected abstract Ring openRing(int capacity) throws Exception;

  /// A file of [#FILE_BYTES] zeros, of the kind under test.
  protected abstract RingFile openFile() throws Exception;

  /// A file whose reads have not come to their end when [#shortNanos] are over, and may never.
  protected StuckFile openStuckFile() throws Exception {
    return new GatedReads();
  }

  /// How long the ring is waited for in vain.
  protected long shortNanos() {
    return 20_000_000;
  }

  /// A file that keeps who reads it waiting.
  public interface StuckFile extends RingFile {
    /// Lets reads come to their end, those that are waiting and those to come.
    void release() throws Exception;
  }

  /// Where all chance in these tests begins; printed, so that a failure can be replayed.
  protected static long seed() {
    return SEED;
  }

  @BeforeAll
  static void printSeed() {
    System.err.println("seed " + SEED + "; replay: mvn -pl ring -am verify -Dzap.seed=" + SEED);
  }

  /// Memory that lives as long as the test.
  protected final MemorySegment memory(long bytes) {
    return arena.allocate(bytes);
  }

  private Ring ring(int capacity) throws Exception {
    Ring ring = openRing(capacity);
    rings.add(ring);
    return ring;
  }

  private RingFile file() throws Exception {
    RingFile file = openFile();
    files.add(file);
    return file;
  }

  private MemorySegment filled(int bytes, int value) {
    MemorySegment segment = memory(bytes);
    segment.fill((byte) value);
    return segment;
  }

  private static byte[] bytes(MemorySegment segment) {
    return segment.toArray(ValueLayout.JAVA_BYTE);
  }

  private byte[] contents(RingFile file, long offset, int length) throws Exception {
    MemorySegment target = memory(length);
    try (Ring reader = openRing(1)) {
      reader.read(file, offset, target, 0, 1);
      assertThat(new Completions().drain(reader).result(1)).isEqualTo(length);
    }
    return bytes(target);
  }

  private static byte[] repeated(int length, int value) {
    byte[] expected = new byte[length];
    Arrays.fill(expected, (byte) value);
    return expected;
  }

  @AfterEach
  void closeAll() {
    rings.forEach(Ring::close);
    files.forEach(RingFile::close);
    arena.close();
  }

  @Test
  void whatIsWrittenIsReadBack() throws Exception {
    Ring ring = ring(4);
    RingFile file = file();
    MemorySegment target = memory(5000);
    ring.write(file, 4096, filled(5000, 7), 0, 1);
    assertThat(new Completions().drain(ring).result(1)).isEqualTo(5000);
    ring.read(file, 4096, target, 0, 2);
    assertThat(new Completions().drain(ring).result(2)).isEqualTo(5000);
    assertThat(bytes(target)).containsOnly(7);
  }

  @Test
  void aGatheredWriteIsOneWriteOfAllItsBuffers() throws Exception {
    Ring ring = ring(4);
    RingFile file = file();
    MemorySegment[] sources = new MemorySegment[Ring.VECTORS_MAX + 1];
    for (int i = 0; i < sources.length; i++) {
      sources[i] = filled(i % 3 * 10, i % 100);
    }
    ring.writev(file, 100, sources, Ring.VECTORS_MAX, 0, 1);
    ring.writev(file, 60_000, sources, 3, 0, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ring.writev(file, 0, sources, sources.length, 0, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> ring.writev(file, 0, sources, 0, 0, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> ring.writev(file, -1, sources, 1, 0, 3));
    Completions completions = new Completions().drain(ring);
    int bytes = 0;
    for (int i = 0; i < Ring.VECTORS_MAX; i++) {
      assertThat(contents(file, 100 + bytes, i % 3 * 10)).isEqualTo(repeated(i % 3 * 10, i % 100));
      bytes += i % 3 * 10;
    }
    assertThat(completions.result(1)).isEqualTo(bytes);
    assertThat(completions.result(2)).isEqualTo(30);
    assertThat(contents(file, 100 + bytes, 1)).containsOnly(0);
  }

  @Test
  void aGatheredWriteFromFreedMemoryFails() throws Exception {
    Ring ring = ring(4);
    RingFile file = file();
    Arena gone = Arena.ofShared();
    MemorySegment[] sources = {filled(10, 1), gone.allocate(10)};
    ring.writev(file, 0, sources, 2, Ring.LINK, 1);
    ring.writev(file, 500, sources, 1, 0, 2);
    gone.close();
    Completions completions = new Completions().drain(ring);
    assertThat(completions.result(1)).isEqualTo(-Errno.EFAULT);
    assertThat(completions.result(2)).isEqualTo(-Errno.ECANCELED);
    assertThat(contents(file, 500, 10)).containsOnly(0);
  }

  /// No file of these tests takes commands, whatever the ring can do.
  @Test
  void aCommandThatIsNotPossibleSaysSo() throws Exception {
    Ring ring = ring(4);
    RingFile file = file();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ring.command(file, 1, memory(Ring.COMMAND_BYTES_MAX + 1), 0, 9));
    ring.command(file, 1, filled(Ring.COMMAND_BYTES_MAX, 1), Ring.LINK, 1);
    ring.write(file, 0, filled(10, 1), 0, 2);
    Completions completions = new Completions().drain(ring);
    assertThat(completions.result(1)).isEqualTo(-Errno.EOPNOTSUPP);
    assertThat(completions.result(2)).isEqualTo(-Errno.ECANCELED);
    assertThat(contents(file, 0, 10)).containsOnly(0);
  }

  @Test
  void aTokenComesBackUnchangedWhateverItsBits() throws Exception {
    Ring ring = ring(4);
    ring.nop(0, Long.MIN_VALUE);
    ring.nop(0, -1);
    ring.nop(0, Long.MAX_VALUE);
    assertThat(new Completions().drain(ring).tokens())
        .containsExactlyInAnyOrder(Long.MIN_VALUE, -1L, Long.MAX_VALUE);
  }

  @Test
  void anOperationOfNoBytesSucceedsWithZero() throws Exception {
    Ring ring = ring(4);
    RingFile file = file();
    ring.read(file, 10, MemorySegment.NULL, 0, 1);
    ring.write(file, 10, MemorySegment.NULL, 0, 2);
    ring.sync(file, 0, 3);
    ring.nop(0, 4);
    assertThat(new Completions().drain(ring).results()).containsExactly(0, 0, 0, 0);
  }

  @Test
  void aFullRingRefusesOneMoreAndQueuesNothing() throws Exception {
    Ring ring = ring(3);
    RingFile file = file();
    for (int token = 0; token < 3; token++) {
      assertThat(ring.nop(0, token)).isTrue();
    }
    assertThat(ring.write(file, 0, filled(10, 1), 0, 99)).isFalse();
    assertThat(ring.nop(0, 98)).isFalse();
    assertThat(ring.outstanding()).isEqualTo(3);
    assertThat(ring.flush()).isEqualTo(3);
    assertThat(ring.nop(0, 97)).as("in flight still counts").isFalse();
    assertThat(new Completions().drain(ring).tokens()).containsExactlyInAnyOrder(0L, 1L, 2L);
    assertThat(contents(file, 0, 10)).containsOnly(0);
  }

  @Test
  void aDeliveryMakesRoomForOneMore() throws Exception {
    Ring ring = ring(1);
    Completions completions = new Completions();
    for (int token = 0; token < 10; token++) {
      assertThat(ring.nop(0, token)).isTrue();
      assertThat(ring.nop(0, -1)).isFalse();
      assertThat(ring.await(completions, 1)).isOne();
    }
    assertThat(completions.size()).isEqualTo(10);
    assertThat(ring.capacity()).isOne();
  }

  @Test
  void nothingStartsBeforeAFlush() throws Exception {
    Ring ring = ring(4);
    RingFile file = file();
    ring.write(file, 0, filled(16, 3), 0, 1);
    Completions completions = new Completions();
    for (int i = 0; i < 200; i++) {
      assertThat(ring.poll(completions, 10)).isZero();
    }
    assertThat(contents(file, 0, 16)).containsOnly(0);
    assertThat(ring.flush()).isOne();
    assertThat(ring.flush()).as("a second flush has nothing left to start").isZero();
    completions.drain(ring);
    assertThat(contents(file, 0, 16)).containsOnly(3);
  }

  @Test
  void pollingAloneBringsWhatWasFlushed() throws Exception {
    Ring ring = ring(2);
    RingFile file = file();
    ring.write(file, 0, filled(16, 3), 0, 1);
    ring.flush();
    Completions completions = new Completions();
    while (ring.poll(completions, 1) == 0) {
      Thread.onSpinWait();
    }
    assertThat(completions.result(1)).isEqualTo(16);
  }

  @Test
  void awaitReturnsAtOnceWhereNothingIsOutstanding() throws Exception {
    assertThat(ring(2).await(new Completions(), 1)).isZero();
  }

  @Test
  void noMoreThanTheLimitIsDelivered() throws Exception {
    Ring ring = ring(8);
    for (int token = 0; token < 8; token++) {
      ring.nop(0, token);
    }
    Completions completions = new Completions();
    assertThat(ring.await(completions, 0)).isZero();
    while (completions.size() < 8) {
      int before = completions.size();
      assertThat(ring.await(completions, 3)).isBetween(1, 3);
      assertThat(completions.size() - before).isBetween(1, 3);
      assertThat(ring.outstanding()).isEqualTo(8 - completions.size());
    }
  }

  @Test
  void completionsThatWaitForAPollKeepAllTheyCarry() throws Exception {
    Ring ring = ring(32);
    RingFile file = file();
    for (int token = 0; token < 32; token++) {
      ring.write(file, token * 100L, filled(token, token), 0, token);
    }
    ring.flush();
    Completions completions = new Completions();
    // Taking one while all others wait: nothing may be lost or mixed up on the full side (A6).
    while (ring.outstanding() > 0) {
      ring.await(completions, 1);
    }
    for (int token = 0; token < 32; token++) {
      assertThat(completions.result(token)).isEqualTo(token);
    }
  }

  @Test
  void aReadPastTheEndIsAnErrorAndNotZeros() throws Exception {
    Ring ring = ring(4);
    RingFile file = file();
    ring.read(file, FILE_BYTES, memory(1), 0, 1);
    ring.read(file, FILE_BYTES - 10, memory(11), 0, 2);
    ring.read(file, FILE_BYTES - 10, memory(10), 0, 3);
    ring.read(file, Long.MAX_VALUE / 2, memory(10), 0, 4);
    Completions completions = new Completions().drain(ring);
    assertThat(completions.result(1)).isEqualTo(-Errno.EIO);
    assertThat(completions.result(2)).isEqualTo(-Errno.EIO);
    assertThat(completions.result(3)).isEqualTo(10);
    assertThat(completions.result(4)).isEqualTo(-Errno.EIO);
  }

  @Test
  void aChainRunsInItsOrder() throws Exception {
    Ring ring = ring(8);
    RingFile file = file();
    for (int round = 0; round < 50; round++) {
      MemorySegment target = memory(100);
      ring.write(file, 0, filled(100, 1), Ring.LINK, 1);
      ring.write(file, 0, filled(100, 2), Ring.LINK, 2);
      ring.sync(file, Ring.LINK, 3);
      ring.read(file, 0, target, 0, 4);
      Completions completions = new Completions().drain(ring);
      assertThat(completions.tokens()).containsExactly(1L, 2L, 3L, 4L);
      assertThat(completions.results()).containsExactly(100, 100, 0, 100);
      assertThat(bytes(target)).containsOnly(2);
    }
  }

  @Test
  void whatIsChainedBehindAFailedOneIsCancelledWithoutEffect() throws Exception {
    Ring ring = ring(8);
    RingFile file = file();
    ring.write(file, 0, filled(10, 1), Ring.LINK, 1);
    ring.read(file, FILE_BYTES, memory(10), Ring.LINK, 2);
    ring.write(file, 0, filled(10, 9), Ring.LINK, 3);
    ring.nop(Ring.LINK, 4);
    ring.sync(file, 0, 5);
    ring.nop(0, 6);
    Completions completions = new Completions().drain(ring);
    assertThat(completions.result(1)).isEqualTo(10);
    assertThat(completions.result(2)).isEqualTo(-Errno.EIO);
    assertThat(completions.result(3)).isEqualTo(-Errno.ECANCELED);
    assertThat(completions.result(4)).isEqualTo(-Errno.ECANCELED);
    assertThat(completions.result(5)).isEqualTo(-Errno.ECANCELED);
    assertThat(completions.result(6)).as("not part of the chain").isZero();
    assertThat(contents(file, 0, 10)).containsOnly(1);
  }

  @Test
  void aChainEndsAtAFlush() throws Exception {
    Ring ring = ring(8);
    RingFile file = file();
    ring.read(file, FILE_BYTES, memory(10), Ring.LINK, 1);
    ring.flush();
    ring.write(file, 0, filled(10, 5), 0, 2);
    Completions completions = new Completions().drain(ring);
    assertThat(completions.result(1)).isEqualTo(-Errno.EIO);
    assertThat(completions.result(2)).isEqualTo(10);
  }

  @Test
  void aChainMayFillTheRing() throws Exception {
    Ring ring = ring(5);
    for (int round = 0; round < 3; round++) {
      for (int token = 0; token < 5; token++) {
        assertThat(ring.nop(Ring.LINK, token)).isTrue();
      }
      assertThat(new Completions().drain(ring).tokens()).containsExactly(0L, 1L, 2L, 3L, 4L);
    }
  }

  @Test
  void aHandlerMaySubmit() throws Exception {
    Ring ring = ring(1);
    List<Long> seen = new ArrayList<>();
    CompletionHandler again =
        (token, _, _) -> {
          seen.add(token);
          if (token < 5) {
            assertThat(ring.nop(0, token + 1)).as("its own slot is free").isTrue();
          }
        };
    ring.nop(0, 0);
    while (ring.outstanding() > 0) {
      ring.await(again, 1);
    }
    assertThat(seen).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void aHandlerMayNeitherPollNorCloseItsOwnRing() throws Exception {
    Ring ring = ring(4);
    ring.nop(0, 1);
    ring.nop(0, 2);
    Completions completions = new Completions();
    int[] calls = {0};
    CompletionHandler handler =
        (token, result, detail) -> {
          calls[0]++;
          assertThatIllegalStateException().isThrownBy(() -> ring.poll(completions, 1));
          assertThatIllegalStateException().isThrownBy(() -> ring.await(completions, 1));
          assertThatIllegalStateException().isThrownBy(ring::close);
        };
    while (ring.outstanding() > 0) {
      ring.await(handler, 1);
    }
    assertThat(calls[0]).isEqualTo(2);
  }

  @Test
  void aHandlerThatThrowsLosesNoOtherCompletion() throws Exception {
    Ring ring = ring(8);
    for (int token = 0; token < 8; token++) {
      ring.nop(0, token);
    }
    List<Long> seen = new ArrayList<>();
    CompletionHandler throwing =
        (token, _, _) -> {
          seen.add(token);
          throw new UnsupportedOperationException("handler");
        };
    for (int i = 0; i < 8; i++) {
      assertThatThrownBy(() -> ring.await(throwing, 8))
          .isInstanceOf(UnsupportedOperationException.class);
    }
    assertThat(seen).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
    assertThat(ring.outstanding()).isZero();
  }

  @Test
  void aBufferThatWasFreedFailsItsOwnOperationOnly() throws Exception {
    Ring ring = ring(4);
    RingFile file = file();
    Arena gone = Arena.ofShared();
    MemorySegment freed = gone.allocate(10);
    ring.write(file, 0, freed, 0, 1);
    ring.write(file, 0, filled(10, 4), 0, 2);
    gone.close();
    Completions completions = new Completions().drain(ring);
    assertThat(completions.result(1)).isEqualTo(-Errno.EFAULT);
    assertThat(completions.result(2)).isEqualTo(10);
  }

  @Test
  void anInterruptEndsNeitherTheWaitNorTheFileAndIsKept() throws Exception {
    Ring ring = ring(4);
    RingFile file = file();
    ring.write(file, 0, filled(1000, 6), 0, 1);
    Thread.currentThread().interrupt();
    Completions completions = new Completions();
    try {
      assertThat(ring.await(completions, 1)).isOne();
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
      ring.sync(file, 0, 2);
      ring.flush();
      completions.drain(ring);
      ring.nop(0, 3);
      ring.flush();
      ring.close();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(completions.result(1)).isEqualTo(1000);
    assertThat(completions.result(2)).isZero();
    assertThat(contents(file, 0, 1000)).containsOnly(6);
  }

  @Test
  void ownershipMayMoveToAnotherThread() throws Exception {
    Ring ring = ring(8);
    RingFile file = file();
    ring.write(file, 0, filled(100, 1), 0, 1);
    ring.flush();
    Completions completions = new Completions();
    Thread next =
        new Thread(() -> {
          completions.drain(ring);
          ring.write(file, 100, filled(100, 2), 0, 2);
        });
    next.start();
    next.join();
    completions.drain(ring);
    assertThat(completions.tokens()).containsExactly(1L, 2L);
    assertThat(contents(file, 0, 100)).containsOnly(1);
    assertThat(contents(file, 100, 100)).containsOnly(2);
  }

  @Test
  void closeWaitsForWhatIsInFlight() throws Exception {
    Ring ring = ring(32);
    RingFile file = file();
    MemorySegment source = filled(2000, 8);
    for (int i = 0; i < 32; i++) {
      ring.write(file, i * 2000L, source, 0, i);
    }
    ring.flush();
    ring.close();
    // The buffer is the caller's again: what he does to it now no longer reaches the file.
    source.fill((byte) 1);
    assertThat(contents(file, 0, 64_000)).containsOnly(8);
  }

  @Test
  void closeDoesNotStartWhatWasNeverFlushed() throws Exception {
    Ring ring = ring(4);
    RingFile file = file();
    ring.write(file, 0, filled(10, 8), 0, 1);
    ring.close();
    assertThat(contents(file, 0, 10)).containsOnly(0);
    assertThat(ring.outstanding()).isZero();
  }

  @Test
  void aClosedRingClosesAgainAndRefusesEverythingElse() throws Exception {
    Ring ring = ring(4);
    RingFile file = file();
    ring.close();
    ring.close();
    assertThatIllegalStateException().isThrownBy(() -> ring.nop(0, 1));
    assertThatIllegalStateException().isThrownBy(() -> ring.sync(file, 0, 1));
    assertThatIllegalStateException().isThrownBy(() -> ring.poll(new Completions(), 1));
    assertThatIllegalStateException().isThrownBy(() -> ring.await(new Completions(), 1));
  }

  @Test
  void aWaitWithALimitEndsWithoutACompletion() throws Exception {
    Ring ring = ring(4);
    StuckFile stuck = openStuckFile();
    files.add(stuck);
    ring.read(stuck, 0, memory(16), 0, 1);
    Completions completions = new Completions();
    for (int i = 0; i < 3; i++) {
      assertThat(ring.await(completions, 1, shortNanos())).isZero();
      assertThat(ring.outstanding()).isOne();
    }
    stuck.release();
    assertThat(ring.await(completions, 1, 60_000_000_000L)).isOne();
    assertThat(completions.result(1)).isEqualTo(16);
    assertThat(ring.await(completions, 1, shortNanos())).isZero();
  }

  @Test
  void aWaitWithALimitDeliversWhatComes() throws Exception {
    Ring ring = ring(4);
    RingFile file = file();
    for (int round = 0; round < 50; round++) {
      ring.write(file, 16 * round, filled(16, round), 0, round);
      assertThat(ring.await(new Completions(), 1, 60_000_000_000L)).isOne();
    }
    assertThat(contents(file, 16 * 49, 16)).containsOnly(49);
  }

  @Test
  void whatWasCancelledBeforeItBeganHasNoEffect() throws Exception {
    Ring ring = ring(8);
    RingFile file = file();
    ring.write(file, 0, filled(16, 1), 0, 1);
    ring.write(file, 16, filled(16, 2), Ring.LINK, 2);
    ring.write(file, 32, filled(16, 3), 0, 3);
    ring.write(file, 48, filled(16, 4), 0, 4);
    ring.sync(file, 0, 5);
    ring.cancel(2);
    ring.cancel(5);
    Completions completions = new Completions().drain(ring);
    assertThat(completions.result(1)).isEqualTo(16);
    assertThat(completions.result(2)).isEqualTo(-Errno.ECANCELED);
    assertThat(completions.result(3)).as("chained behind it").isEqualTo(-Errno.ECANCELED);
    assertThat(completions.result(4)).isEqualTo(16);
    assertThat(completions.result(5)).isEqualTo(-Errno.ECANCELED);
    assertThat(contents(file, 16, 32)).containsOnly(0);
    assertThat(contents(file, 48, 16)).containsOnly(4);
  }

  @Test
  void aCancellationMeansNoLaterOperationAndNoOther() throws Exception {
    Ring ring = ring(2);
    RingFile file = file();
    ring.cancel(7);
    ring.write(file, 0, filled(16, 1), 0, 7);
    ring.write(file, 16, filled(16, 2), 0, 8);
    ring.cancel(8);
    Completions completions = new Completions().drain(ring);
    assertThat(completions.results()).containsExactlyInAnyOrder(16, -Errno.ECANCELED);
    for (int token = 0; token < 4; token++) {
      ring.write(file, 16 * token, filled(16, 3), 0, 10 + token);
      assertThat(completions.drain(ring).result(10 + token)).isEqualTo(16);
    }
    ring.cancel(8);
    assertThat(ring.outstanding()).isZero();
  }

  @Test
  void everyOperationOfATokenIsCancelledAndCompletedOnce() throws Exception {
    Ring ring = ring(4);
    StuckFile stuck = openStuckFile();
    files.add(stuck);
    for (int i = 0; i < 4; i++) {
      ring.read(stuck, 0, memory(16), 0, 9);
    }
    Completions completions = new Completions();
    assertThat(ring.await(completions, 4, shortNanos())).isZero();
    ring.cancel(9);
    stuck.release();
    completions.drain(ring);
    assertThat(completions.size()).isEqualTo(4);
    assertThat(completions.results()).isSubsetOf(16, -Errno.ECANCELED).contains(-Errno.ECANCELED);
  }

  @Test
  void aRequestThatMakesNoSenseIsRefusedAtSubmission() throws Exception {
    Ring ring = ring(4);
    RingFile file = file();
    MemorySegment buffer = memory(8);
    MemorySegment huge = MemorySegment.ofAddress(8).reinterpret(1L << 31);
    assertThatIllegalArgumentException().isThrownBy(() -> ring.read(file, -1, buffer, 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> ring.write(file, 0, huge, 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> ring.nop(2, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ring.read(file, 0, buffer.asReadOnly(), 0, 1));
    assertThat(ring.outstanding()).isZero();
    assertThatIllegalArgumentException().isThrownBy(() -> openRing(0));
  }

  @Test
  void theCountsAddUp() throws Exception {
    Ring ring = ring(2);
    RingFile file = file();
    ring.nop(0, 1);
    ring.read(file, FILE_BYTES, memory(1), 0, 2);
    ring.nop(0, 3);
    assertThat(ring.stats()).isEqualTo(new RingStats(2, 0, 1, 0));
    new Completions().drain(ring);
    assertThat(ring.stats()).isEqualTo(new RingStats(2, 2, 1, 1));
  }

  /// Random chains of random operations, each on a piece of the file that nobody else uses at the
  /// time, against a copy of the file in an array.
  @Test
  void aRandomLoadCompletesEachTokenOnceWithTheRightBytes() throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int capacity : new int[] {1, 3, 16, 64}) {
      RandomLoad load = new RandomLoad(ring(capacity), file(), random);
      load.run(3000);
    }
  }

  private final class RandomLoad {
    private static final int PIECE_BYTES = 512;

    private final Ring ring;
    private final RingFile file;
    private final SplittableRandom random;
    private final byte[] model = new byte[FILE_BYTES];
    private final ArrayDeque<Integer> freePieces = new ArrayDeque<>();
    private final List<MemorySegment> buffers = new ArrayList<>();
    private final List<Integer> pieceOf = new ArrayList<>();
    private final List<Integer> expectedResult = new ArrayList<>();
    private final List<byte[]> expectedBytes = new ArrayList<>();

    RandomLoad(Ring ring, RingFile file, SplittableRandom random) {
      this.ring = ring;
      this.file = file;
      this.random = random;
      for (int piece = 0; piece < FILE_BYTES / PIECE_BYTES; piece++) {
        freePieces.add(piece);
        buffers.add(memory(PIECE_BYTES));
      }
    }

    void run(int operations) throws Exception {
      while (expectedResult.size() < operations) {
        int room = Math.min(ring.capacity() - ring.outstanding(), freePieces.size());
        if (room > 0 && random.nextInt(4) > 0) {
          submitChain(1 + random.nextInt(Math.min(room, 4)));
        }
        switch (random.nextInt(4)) {
          case 0 -> ring.flush();
          case 1 -> ring.poll(this::check, 1 + random.nextInt(8));
          case 2 -> ring.await(this::check, 1 + random.nextInt(8));
          default -> {}
        }
      }
      while (ring.outstanding() > 0) {
        ring.await(this::check, 100);
      }
      assertThat(expectedResult).as("every token has completed").containsOnly(Integer.MIN_VALUE);
      assertThat(contents(file, 0, FILE_BYTES)).isEqualTo(model);
      assertThat(ring.stats().submitted()).isEqualTo(expectedResult.size());
      assertThat(ring.stats().completed()).isEqualTo(expectedResult.size());
    }

    /// Nothing flushes in the middle of this, as that would end the chain there.
    private void submitChain(int length) {
      boolean cancelled = false;
      for (int i = 0; i < length; i++) {
        int flags = i + 1 < length ? Ring.LINK : 0;
        cancelled |= submit(flags, cancelled);
      }
    }

    private boolean submit(int flags, boolean cancelled) {
      int token = expectedResult.size();
      int piece = freePieces.remove();
      int bytes = random.nextInt(PIECE_BYTES + 1);
      long offset = (long) piece * PIECE_BYTES;
      MemorySegment buffer = buffers.get(piece).asSlice(0, bytes);
      int result = bytes;
      byte[] read = null;
      boolean accepted;
      switch (random.nextInt(6)) {
        case 0 -> {
          result = 0;
          accepted = ring.sync(file, flags, token);
        }
        case 1 -> {
          result = -Errno.EIO;
          accepted = ring.read(file, FILE_BYTES, buffers.get(piece), flags, token);
        }
        case 2, 3 -> {
          read = Arrays.copyOfRange(model, (int) offset, (int) offset + bytes);
          accepted = ring.read(file, offset, buffer, flags, token);
        }
        default -> {
          byte[] fresh = repeated(bytes, 1 + random.nextInt(100));
          MemorySegment.copy(fresh, 0, buffer, ValueLayout.JAVA_BYTE, 0, bytes);
          if (!cancelled) {
            System.arraycopy(fresh, 0, model, (int) offset, bytes);
          }
          accepted = ring.write(file, offset, buffer, flags, token);
        }
      }
      assertThat(accepted).isTrue();
      pieceOf.add(piece);
      expectedResult.add(cancelled ? -Errno.ECANCELED : result);
      expectedBytes.add(cancelled ? null : read);
      return result < 0;
    }

    private void check(long token, int result, long detail) {
      int at = Math.toIntExact(token);
      assertThat(result).as("result of token %d", token).isEqualTo(expectedResult.get(at));
      expectedResult.set(at, Integer.MIN_VALUE);
      byte[] expected = expectedBytes.get(at);
      int piece = pieceOf.get(at);
      if (expected != null) {
        assertThat(bytes(buffers.get(piece).asSlice(0, expected.length))).isEqualTo(expected);
        expectedBytes.set(at, null);
      }
      freePieces.add(piece);
    }
  }

  private static final class GatedReads implements StuckFile {
    private final CountDownLatch gate = new CountDownLatch(1);

    @Override
    public void release() {
      gate.countDown();
    }

    @Override
    public int read(long offsetBytes, MemorySegment target) {
      try {
        gate.await();
        return (int) target.byteSize();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public int write(long offsetBytes, MemorySegment source) {
      return -Errno.EBADF;
    }

    @Override
    public int sync() {
      return 0;
    }

    @Override
    public boolean isMemory() {
      return false;
    }

    @Override
    public void close() {
      gate.countDown();
    }
  }
}
