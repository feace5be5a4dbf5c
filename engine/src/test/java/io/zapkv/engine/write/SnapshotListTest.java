package io.zapkv.engine.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.read.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SnapshotListTest {
  private final SnapshotList snapshots = new SnapshotList();

  @Test
  void withoutSnapshotsNobodyReadsThePast() {
    assertThat(snapshots.sorted()).isEmpty();
    assertThat(snapshots.oldest()).isEqualTo(Trailer.SEQUENCE_MAX);
  }

  @Test
  void aSequenceTakenTwiceIsShownOnceAndStaysUntilBothAreReleased() {
    snapshots.acquire(() -> 7);
    snapshots.acquire(() -> 7);
    snapshots.acquire(() -> 9);
    assertThat(snapshots.sorted()).containsExactly(7, 9);
    assertThat(snapshots.count()).isEqualTo(3);
    snapshots.release(7);
    assertThat(snapshots.sorted()).containsExactly(7, 9);
    snapshots.release(7);
    assertThat(snapshots.sorted()).containsExactly(9);
    assertThat(snapshots.oldest()).isEqualTo(9);
  }

  @Test
  void releasingWhatWasNotAcquiredIsABug() {
    snapshots.acquire(() -> 7);
    assertThatThrownBy(() -> snapshots.release(8)).isInstanceOf(AssertionError.class);
  }

  @Test
  void itAgreesWithAPlainListWhateverTheOrderOfReleases() {
    SplittableRandom random = new SplittableRandom(Seeds.seed());
    List<Long> model = new ArrayList<>();
    AtomicLong now = new AtomicLong();
    for (int step = 0; step < 5000; step++) {
      now.addAndGet(random.nextInt(3));
      if (model.isEmpty() || random.nextInt(100) < 52) {
        model.add(snapshots.acquire(now::get));
      } else {
        snapshots.release(model.remove(random.nextInt(model.size())));
      }
      assertThat(snapshots.sorted())
          .as("seed %d, step %d", Seeds.seed(), step)
          .containsExactly(model.stream().mapToLong(Long::longValue).sorted().distinct().toArray());
    }
  }

  @Test
  void whatIsSortedAfterAMomentHoldsEverySnapshotOfBefore() throws InterruptedException {
    AtomicLong now = new AtomicLong();
    AtomicLong missing = new AtomicLong();
    Thread[] readers = new Thread[2];
    for (int i = 0; i < readers.length; i++) {
      readers[i] =
          new Thread(() -> {
            for (int n = 0; n < 20_000; n++) {
              long sequence = snapshots.acquire(now::incrementAndGet);
              long[] sorted = snapshots.sorted();
              if (Arrays.binarySearch(sorted, sequence) < 0) {
                missing.incrementAndGet();
              }
              snapshots.release(sequence);
            }
          });
      readers[i].start();
    }
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(missing).hasValue(0);
    assertThat(snapshots.count()).isZero();
  }
}
