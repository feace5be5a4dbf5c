package io.zapkv.compat;

import io.zapkv.ring.Clock;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Measures what gathering is worth on a `zonefs:` device: many threads append 4 KiB to one zone,
/// with as many appends in one write as there are, with one append a write, and, for comparison,
/// from one thread that waits for each. In turns, several times, the medians are compared.
///
/// It uses an empty zone, and resets it.
public final class GatherCheck {
  private static final int APPEND_BYTES = 4096;

  /// Rates in appends per second.
  ///
  /// @param gathered many threads, all that wait in one write
  /// @param single many threads, one append a write
  /// @param alone one thread, one append at a time
  public record Outcome(double gathered, double single, double alone) {
    /// How many times as fast gathering is as the faster of the other two.
    public double ratio() {
      return gathered / Math.max(single, alone);
    }
  }

  private final String device;
  private final int threads;
  private final int depth;
  private final int appends;

  /// @param device a `zonefs:` device, without parameters
  /// @param depth appends in flight of each thread
  /// @param appends how many are measured each time, at most
  public GatherCheck(String device, int threads, int depth, int appends) {
    this.device = device;
    this.threads = threads;
    this.depth = depth;
    this.appends = appends;
  }

  /// Measures.
  public Outcome run(int rounds) throws InterruptedException {
    double[] gathered = new double[rounds];
    double[] single = new double[rounds];
    double[] alone = new double[rounds];
    rate(device, threads, depth); // warms up
    for (int round = 0; round < rounds; round++) {
      single[round] = rate(device + "?gather=1", threads, depth);
      gathered[round] = rate(device, threads, depth);
      alone[round] = rate(device, 1, 1);
    }
    return new Outcome(median(gathered), median(single), median(alone));
  }

  private static double median(double[] rates) {
    Arrays.sort(rates);
    return rates[rates.length / 2];
  }

  private double rate(String name, int threadCount, int queueDepth) throws InterruptedException {
    try (ZonedDevice opened = ZonedDevices.open(name);
        ZoneQueue manager = opened.openQueue(1);
        Arena arena = Arena.ofShared();
        ExecutorService pool = Executors.newFixedThreadPool(threadCount)) {
      int zone = emptyZone(opened);
      long room = opened.geometry().zoneCapacityBytes() / APPEND_BYTES;
      int each = (int) Math.max(1, Math.min(appends, room) / threadCount);
      MemorySegment block = arena.allocate(APPEND_BYTES, APPEND_BYTES);
      long begin = Clock.system().nanos();
      List<Future<Integer>> all = new ArrayList<>();
      for (int thread = 0; thread < threadCount; thread++) {
        all.add(pool.submit(() -> append(opened, queueDepth, zone, block, each)));
      }
      int done = 0;
      for (Future<Integer> future : all) {
        done += await(future);
      }
      double seconds = (Clock.system().nanos() - begin) / 1e9;
      manager.manage(ZoneAction.RESET, zone, 0, 0);
      manager.await(new Counter(), 1);
      return done / seconds;
    }
  }

  private int emptyZone(ZonedDevice opened) {
    for (ZoneReport report : opened.report()) {
      if (report.state() == ZoneState.EMPTY) {
        return report.zone();
      }
    }
    throw new IllegalStateException("there is no empty zone on " + device);
  }

  private static int append(
      ZonedDevice opened, int depth, int zone, MemorySegment block, int count) {
    Counter counter = new Counter();
    try (ZoneQueue queue = opened.openQueue(depth)) {
      for (int token = 0; token < count; ) {
        if (queue.append(zone, block, 0, token)) {
          token++;
        } else {
          queue.await(counter, depth);
        }
      }
      while (queue.outstanding() > 0) {
        queue.await(counter, depth);
      }
    }
    return counter.done;
  }

  private static int await(Future<Integer> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static final class Counter implements ZoneHandler {
    private int done;

    @Override
    public void onDone(long token, int bytes, long address) {
      done++;
    }

    @Override
    public void onFailed(long token, ZoneFailure failure) {
      throw new IllegalStateException("an append failed: " + failure + ", " + failure.advice());
    }
  }
}
