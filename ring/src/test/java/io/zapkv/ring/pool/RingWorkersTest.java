package io.zapkv.ring.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RingWorkersTest {
  @Test
  void theThreadsAreNamedDaemonsAndEndAtClose() throws Exception {
    List<Thread> threads = new ArrayList<>();
    RingWorkers workers =
        RingWorkers.start(
            2,
            work -> {
              threads.add(new Thread(work));
              return threads.getLast();
            });
    assertThat(threads).allMatch(Thread::isDaemon).allMatch(Thread::isAlive);
    assertThat(threads).extracting(Thread::getName).containsExactly("zap-ring-0", "zap-ring-1");
    workers.close();
    workers.close();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void aFactoryThatRunsOutLeavesNoThreadBehind() throws Exception {
    List<Thread> threads = new ArrayList<>();
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            RingWorkers.start(
                3,
                work -> {
                  if (threads.size() == 2) {
                    return null;
                  }
                  threads.add(new Thread(work));
                  return threads.getLast();
                }));
    for (Thread thread : threads) {
      thread.join();
    }
    assertThatIllegalArgumentException().isThrownBy(() -> RingWorkers.start(0, Thread::new));
  }
}
