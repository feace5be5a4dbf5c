package io.zapkv.engine.staging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.api.OutOfSpaceException;
import io.zapkv.engine.staging.StagingArea.RecoveredSegment;
import io.zapkv.zns.StagingException;
import io.zapkv.zns.StagingStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StagingAreaTest {
  private static final long BYTES = 1 << 16;
  private static final long STORE = 42;

  private final Arena arena = Arena.ofShared();
  private final Pieces pieces = new Pieces();

  @AfterEach
  void free() {
    arena.close();
  }

  @Test
  void aReleasedSegmentIsUsedAgainUnderAnotherTagAndNumber() {
    StagingArea area = area("boot", 1);
    StagingSegment first = area.next(0);
    long address = first.memory().address();
    area.release(first);
    StagingSegment second = area.next(first.endSequence());

    assertThat(second.memory().address()).isEqualTo(address);
    assertThat(second.tag()).isNotEqualTo(first.tag()).isNotZero();
    assertThat(second.number()).isEqualTo(2);
    assertThat(area.heldBytes()).isEqualTo(BYTES);
  }

  @Test
  void aProcessThatDiedLosesNothingPublished() {
    StagingArea before = area("boot", 1);
    StagingSegment first = before.next(0);
    Records.put(first, "a", "1");
    Records.write(first, "torn", "");
    StagingSegment second = before.next(first.endSequence());
    Records.put(second, "b", "2");

    List<RecoveredSegment> recovered = area("boot", 2).recovered();
    assertThat(recovered).hasSize(2).allMatch(RecoveredSegment::isTrusted);
    assertThat(found(recovered.get(0))).containsExactly("a=1");
    assertThat(found(recovered.get(1))).containsExactly("b=2");
    assertThat(recovered.get(1).segment().baseSequence()).isEqualTo(first.endSequence());
    assertThat(recovered.get(1).segment().number()).isEqualTo(2);
  }

  @Test
  void afterAnotherBootMemoryIsNotTrusted() {
    Records.put(area("boot", 1).next(0), "a", "1");

    assertThat(area("other boot", 2).recovered()).noneMatch(RecoveredSegment::isTrusted);
    assertThat(area("", 2).recovered()).noneMatch(RecoveredSegment::isTrusted);
  }

  @Test
  void withoutABootIdMemoryIsNeverTrusted() {
    Records.put(area("", 1).next(0), "a", "1");

    assertThat(area("", 2).recovered()).hasSize(1).noneMatch(RecoveredSegment::isTrusted);
  }

  @Test
  void recoveredSegmentsStayUntilTheyAreDiscarded() {
    Records.put(area("boot", 1).next(0), "a", "1");
    StagingArea after = area("boot", 2);
    StagingSegment fresh = after.next(9);
    assertThat(pieces.memory).hasSize(2);
    assertThat(fresh.number()).isEqualTo(2);
    assertThat(found(after.recovered().get(0))).containsExactly("a=1");

    after.discardRecovered();
    after.next(10);
    assertThat(pieces.memory).hasSize(2);
    assertThat(after.recovered()).isEmpty();
  }

  @Test
  void anotherStoresSegmentsAndRubbishAreReusedNotRecovered() {
    new StagingArea(pieces, BYTES, STORE + 1, 1, "boot", new SplittableRandom(1)).next(0);
    pieces.map("log-" + BYTES + "-7", BYTES).fill((byte) 0x5A);
    pieces.map("log-x-1", 100);
    pieces.map("notes", 100);
    StagingArea area = area("boot", 1);

    assertThat(area.recovered()).isEmpty();
    area.next(0);
    area.next(0);
    assertThat(pieces.memory).hasSize(4);
    area.next(0);
    assertThat(pieces.memory).containsKey("log-" + BYTES + "-8").hasSize(5);
  }

  @Test
  void segmentsOfAnotherLengthAreRecoveredThenDeleted() {
    StagingArea small = new StagingArea(pieces, 8192, STORE, 1, "boot", new SplittableRandom(1));
    Records.put(small.next(0), "a", "1");
    StagingArea area = area("boot", 2);

    assertThat(found(area.recovered().get(0))).containsExactly("a=1");
    area.discardRecovered();
    assertThat(pieces.memory).isEmpty();
  }

  @Test
  void aDamagedHeaderMakesAPieceEmpty() {
    Records.put(area("boot", 1).next(0), "a", "1");
    MemorySegment piece = pieces.memory.firstEntry().getValue();
    for (long at = 0; at < 72; at++) {
      byte old = piece.get(ValueLayout.JAVA_BYTE, at);
      piece.set(ValueLayout.JAVA_BYTE, at, (byte) (old ^ 4));
      assertThat(area("boot", 2).recovered()).as("byte " + at).isEmpty();
      piece.set(ValueLayout.JAVA_BYTE, at, old);
    }
    assertThat(area("boot", 2).recovered()).hasSize(1);
  }

  @Test
  void aTailOutOfBoundsIsNotBelieved() {
    Records.put(area("boot", 1).next(0), "a", "1");
    MemorySegment piece = pieces.memory.firstEntry().getValue();
    for (long tail : new long[] {0, -1, 4097, BYTES + 8, Long.MAX_VALUE, Long.MIN_VALUE}) {
      piece.set(ValueLayout.JAVA_LONG, 128, tail);
      assertThat(found(area("boot", 2).recovered().get(0))).containsExactly("a=1");
    }
  }

  @Test
  void noRoomForAPieceIsSaidAndTheAreaGoesOn() {
    StagingArea area = area("boot", 1);
    StagingSegment segment = area.next(0);
    pieces.full = true;
    assertThatThrownBy(() -> area.next(1)).isInstanceOf(OutOfSpaceException.class);
    assertThatThrownBy(area::prepare).isInstanceOf(OutOfSpaceException.class);

    area.release(segment);
    area.prepare();
    assertThat(area.next(1).number()).isEqualTo(2);
    assertThat(area.heldBytes()).isEqualTo(BYTES);
  }

  @Test
  void withoutAStoreSegmentsArePlainMemory() {
    StagingArea area = new StagingArea(null, BYTES, STORE, 1, "boot", new SplittableRandom(1));
    StagingSegment segment = area.next(5);
    Records.put(segment, "a", "1");

    assertThat(area.recovered()).isEmpty();
    area.close();
    area.close();
    assertThat(segment.memory().scope().isAlive()).isFalse();
  }

  private StagingArea area(String boot, int epoch) {
    return new StagingArea(pieces, BYTES, STORE, epoch, boot, new SplittableRandom(epoch));
  }

  private static List<String> found(RecoveredSegment recovered) {
    StagingSegment segment = recovered.segment();
    return Records.found(recovered.walk(segment.baseSequence()), segment.memory());
  }

  /// A store whose pieces outlive every area of a test.
  private final class Pieces implements StagingStore {
    final TreeMap<String, MemorySegment> memory = new TreeMap<>();
    boolean full;

    @Override
    public MemorySegment map(String name, long bytes) {
      MemorySegment known = memory.get(name);
      if (known != null) {
        return known;
      }
      if (full) {
        throw StagingException.full(name, "no room", null);
      }
      MemorySegment made = arena.allocate(bytes, 4096);
      memory.put(name, made);
      return made;
    }

    @Override
    public List<String> names() {
      return List.copyOf(memory.keySet());
    }

    @Override
    public void delete(String name) {
      memory.remove(name);
    }
  }
}
