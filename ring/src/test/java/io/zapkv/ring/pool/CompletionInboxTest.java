package io.zapkv.ring.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.ring.Ring;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CompletionInboxTest {
  @Test
  void slotsComeOutInTheOrderTheyWentIn() {
    for (int capacity : new int[] {1, 2, 3, 4, 5, 100}) {
      CompletionInbox inbox = new CompletionInbox(capacity);
      assertThat(inbox.take()).isEqualTo(CompletionInbox.EMPTY);
      for (int round = 0; round < 7; round++) {
        for (int slot = 0; slot < capacity; slot++) {
          inbox.put(slot);
        }
        inbox.awaitNotEmpty(Ring.FOREVER);
        for (int slot = 0; slot < capacity; slot++) {
          assertThat(inbox.take()).isEqualTo(slot);
        }
        assertThat(inbox.take()).isEqualTo(CompletionInbox.EMPTY);
      }
    }
  }

  @Test
  void moreThanThereAreSlotsIsABugAndCaught() {
    CompletionInbox inbox = new CompletionInbox(2);
    inbox.put(0);
    inbox.put(1);
    assertThatThrownBy(() -> inbox.put(0)).isInstanceOf(AssertionError.class);
  }

  /// Each producer puts its own number again only after the consumer has taken it, as a ring does.
  @Test
  void producersThatRunAtOnceLoseNothingAndTheConsumerIsAlwaysWoken() throws Exception {
    int producers = 3;
    int rounds = 20_000;
    CompletionInbox inbox = new CompletionInbox(producers);
    List<Semaphore> turns = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int slot = 0; slot < producers; slot++) {
      Semaphore turn = new Semaphore(1);
      turns.add(turn);
      int own = slot;
      threads.add(
          new Thread(() -> {
            for (int round = 0; round < rounds; round++) {
              turn.acquireUninterruptibly();
              inbox.put(own);
            }
          }));
    }
    threads.forEach(Thread::start);
    int[] taken = new int[producers];
    for (int i = 0; i < producers * rounds; i++) {
      inbox.awaitNotEmpty(Ring.FOREVER);
      int slot = inbox.take();
      taken[slot]++;
      turns.get(slot).release();
    }
    assertThat(taken).containsOnly(rounds);
    assertThat(inbox.take()).isEqualTo(CompletionInbox.EMPTY);
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
