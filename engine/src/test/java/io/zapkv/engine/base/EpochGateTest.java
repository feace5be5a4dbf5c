package io.zapkv.engine.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class EpochGateTest {
  private final EpochGate gate = new EpochGate(LockSupport::parkNanos);

  @Test
  void whatIsRetiredWhileNobodyIsInsideHasPassedAtOnce() {
    assertThat(gate.hasPassed(gate.epoch())).isTrue();
  }

  @Test
  void whatIsRetiredDuringAVisitPassesOnlyAfterTheVisit() {
    int ticket = gate.enter();
    long retired = gate.epoch();
    assertThat(gate.hasPassed(retired)).isFalse();
    gate.exit(ticket);
    assertThat(gate.hasPassed(retired)).isTrue();
  }

  @Test
  void aVisitThatBeganLaterDoesNotHoldBackWhatWasRetiredBefore() {
    int early = gate.enter();
    long retired = gate.epoch();
    assertThat(gate.hasPassed(retired)).isFalse();
    int late = gate.enter();
    gate.exit(early);
    assertThat(gate.hasPassed(retired)).isTrue();
    gate.exit(late);
  }

  @Test
  void aTicketMayBeGivenBackByAnotherThread() throws InterruptedException {
    int ticket = gate.enter();
    Thread other = new Thread(() -> gate.exit(ticket));
    other.start();
    other.join();
    assertThat(gate.hasPassed(gate.epoch())).isTrue();
  }

  @Test
  void noVisitorEverSeesWhatWasRetiredAndThenReused() throws InterruptedException {
    AtomicReference<AtomicLong> shared = new AtomicReference<>(new AtomicLong());
    AtomicBoolean stop = new AtomicBoolean();
    AtomicLong violations = new AtomicLong();
    Thread[] readers = new Thread[3];
    for (int i = 0; i < readers.length; i++) {
      readers[i] =
          new Thread(() -> {
            while (!stop.get()) {
              int ticket = gate.enter();
              if (shared.get().get() != 0) {
                violations.incrementAndGet();
              }
              gate.exit(ticket);
            }
          });
      readers[i].start();
    }
    for (int i = 0; i < 20_000; i++) {
      AtomicLong old = shared.getAndSet(new AtomicLong());
      gate.awaitQuiescence();
      old.set(1); // stands for "freed"
    }
    stop.set(true);
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(violations).hasValue(0);
  }

  @Test
  void whoWaitsForAVisitorThatStaysPausesLongerAndLonger() {
    List<Long> pauses = new ArrayList<>();
    AtomicInteger ticket = new AtomicInteger();
    AtomicReference<EpochGate> self = new AtomicReference<>();
    EpochGate slow =
        new EpochGate(nanos -> {
          pauses.add(nanos);
          if (pauses.size() == 20) {
            self.get().exit(ticket.get());
          }
        });
    self.set(slow);
    ticket.set(slow.enter());
    slow.awaitQuiescence();
    assertThat(pauses).hasSize(20).isSorted();
    assertThat(pauses.getFirst()).isEqualTo(10_000);
    assertThat(pauses.getLast()).isEqualTo(10_000_000);
  }
}
