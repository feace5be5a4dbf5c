package io.zapkv.bench.run;

import io.zapkv.bench.target.Figures;
import io.zapkv.bench.target.Target;
import io.zapkv.bench.workload.Recorder;
import io.zapkv.bench.workload.Worker;
import io.zapkv.bench.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// One workload on one store, once: its threads, and what they measured.
///
/// **Threading.** Made, run and read by one thread, which only watches while the others work.
final class Run {
  private static final int UPDATE_EVERY_SAMPLES = 2;

  private final Target target;
  private final Workload workload;
  private final int threads;
  private final List<Recorder> recorders = new ArrayList<>();
  private final List<Worker> workers = new ArrayList<>();
  private final List<Long> samples = new ArrayList<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private double seconds;

  Run(Target target, Workload workload, int threads) {
    this.target = target;
    this.workload = workload;
    this.threads = threads;
  }

  long operations() {
    return workload.operations();
  }

  /// Does it, for `capNanos` at most.
  void run(long capNanos, Progress progress) {
    for (int thread = 0; thread < threads; thread++) {
      var recorder = new Recorder();
      recorders.add(recorder);
      workers.add(workload.worker(target, thread, threads, recorder));
    }
    System.gc();
    var ready = new CountDownLatch(threads);
    var go = new CountDownLatch(1);
    var ended = new CountDownLatch(threads);
    for (int thread = 0; thread < threads; thread++) {
      int number = thread;
      Thread.ofPlatform()
          .name("bench-" + thread)
          .daemon()
          .start(() -> {
            ready.countDown();
            try {
              go.await();
              work(number, capNanos);
            } catch (Throwable e) {
              failure.compareAndSet(null, e);
            } finally {
              ended.countDown();
            }
          });
    }
    try {
      ready.await();
      long began = System.nanoTime();
      go.countDown();
      watch(ended, progress);
      seconds = (System.nanoTime() - began) / 1e9;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    workers.forEach(Worker::close);
    rethrow(failure.get());
  }

  private void work(int thread, long capNanos) {
    Worker worker = workers.get(thread);
    Recorder recorder = recorders.get(thread);
    long all = workload.operations();
    long left = all * (thread + 1) / threads - all * thread / threads;
    long began = System.nanoTime();
    recorder.begin();
    while (left > 0) {
      int done = worker.step();
      if (done == 0) {
        return;
      }
      left -= done;
      recorder.count(done);
      if (recorder.lookedAtNanos() - began >= capNanos) {
        return;
      }
    }
  }

  private void watch(CountDownLatch ended, Progress progress) throws InterruptedException {
    samples.add(0L);
    while (!ended.await(Runner.SAMPLE_MILLIS, TimeUnit.MILLISECONDS)) {
      samples.add(done());
      if (samples.size() % UPDATE_EVERY_SAMPLES == 0) {
        progress.update(done());
      }
    }
  }

  private long done() {
    return recorders.stream().mapToLong(Recorder::done).sum();
  }

  private static void rethrow(@Nullable Throwable failure) {
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  Outcome outcome(RunPlan plan, int round, double settleSeconds, Figures figures) {
    var latencies = new Histogram(Recorder.LATENCY_NANOS_MAX, 3);
    recorders.forEach(recorder -> latencies.add(recorder.latencies()));
    long userBytes = recorders.stream().mapToLong(Recorder::userBytesWritten).sum();
    var result =
        new Result(
            target.name(),
            workload.name(),
            threads,
            plan.records(),
            plan.valueBytes(),
            done(),
            seconds,
            done() / seconds,
            micros(latencies.getValueAtPercentile(50)),
            micros(latencies.getValueAtPercentile(99)),
            micros(latencies.getValueAtPercentile(99.9)),
            micros(latencies.getMaxValue()),
            userBytes,
            figures.deviceBytesWritten(),
            userBytes == 0 ? 0 : (double) figures.deviceBytesWritten() / userBytes,
            figures.spaceBytes(),
            figures.zoneResets(),
            figures.zoneFinishes(),
            figures.copiedBytes());
    long notFound = recorders.stream().mapToLong(Recorder::notFound).sum();
    return new Outcome(
        result, round, latencies, samples, settleSeconds, figures.memoryBytes(), notFound);
  }

  private static double micros(long nanos) {
    return nanos / 1e3;
  }
}
