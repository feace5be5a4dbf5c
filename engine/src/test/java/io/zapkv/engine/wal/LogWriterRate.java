package io.zapkv.engine.wal;

import io.zapkv.engine.memtable.MemTable;
import io.zapkv.engine.staging.StagingArea;
import io.zapkv.engine.zone.Lifetime;
import io.zapkv.engine.zone.Purpose;
import io.zapkv.engine.zone.ZoneAllocator;
import io.zapkv.engine.zone.ZoneLedger;
import io.zapkv.engine.zone.ZoneReserve;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import java.util.SplittableRandom;

/// Prints how many durable puts a second 1, 4 and 16 threads do on the device given: `emu:/folder`.
/// Run by hand; not a benchmark to quote.
final class LogWriterRate {
  private static final long ROUND_NANOS = 3_000_000_000L;

  public static void main(String[] arguments) throws InterruptedException {
    try (ZonedDevice device = ZonedDevices.open(arguments[0])) {
      ZoneLedger ledger = new ZoneLedger(new int[device.geometry().zones()]);
      try (ZoneAllocator allocator =
              new ZoneAllocator(device, ledger, new ZoneReserve(1, 1, 1), () -> {});
          StagingArea area =
              new StagingArea(device.staging(), 64 << 20, 1, 1, "", new SplittableRandom(1))) {
        LogWriter log =
            new LogWriter(
                device, blocks -> allocator.lease(Lifetime.LOG, blocks, Purpose.LOG), ledger, 1, 1);
        MemTable table = new MemTable(area.next(0), 0);
        log.segmentStarted(table.segment());
        for (int round = 0; round < 3; round++) {
          for (int threads : new int[] {1, 4, 16}) {
            measure(device, log, table, threads);
          }
        }
        log.close();
        table.release();
      }
    }
  }

  private static void measure(ZonedDevice device, LogWriter log, MemTable table, int threads)
      throws InterruptedException {
    long[] puts = new long[threads];
    long syncs = device.stats().syncs();
    long end = System.nanoTime() + ROUND_NANOS;
    Thread[] running = new Thread[threads];
    for (int t = 0; t < threads; t++) {
      int thread = t;
      running[t] =
          new Thread(() -> {
            byte[] key = new byte[16];
            byte[] value = new byte[100];
            while (System.nanoTime() < end) {
              key[0] = (byte) puts[thread]++;
              log.sync(table.add(1, key, 0, 16, value, 0, 100));
            }
          });
      running[t].start();
    }
    long sum = 0;
    for (int t = 0; t < threads; t++) {
      running[t].join();
      sum += puts[t];
    }
    System.out.printf(
        "%2d threads  %.1f k durable puts/s  %.1f k syncs/s%n",
        threads, sum * 1e6 / ROUND_NANOS, (device.stats().syncs() - syncs) * 1e6 / ROUND_NANOS);
  }
}
