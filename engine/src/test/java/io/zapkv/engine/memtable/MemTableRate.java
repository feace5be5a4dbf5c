package io.zapkv.engine.memtable;

import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.staging.StagingArea;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/// Prints how many puts and gets a second a memtable does, with 16-byte keys in random order and
/// 100-byte values, into one 64 MiB segment at a time. Run by hand; not a benchmark to quote.
final class MemTableRate {
  private static final long SEGMENT_BYTES = 64 << 20;
  private static final int PUTS = 400_000;

  public static void main(String[] arguments) throws InterruptedException {
    for (int round = 0; round < 12; round++) {
      for (int threads = 1; threads <= 2; threads++) {
        measure(round, threads);
      }
    }
  }

  private static void measure(int round, int threads) throws InterruptedException {
    try (Arena arena = Arena.ofShared()) {
      MemTable table = new MemTable(StagingArea.scratch(arena, SEGMENT_BYTES, 1), PUTS);
      double put = run(threads, thread -> put(table, thread, PUTS / threads));
      double get = run(threads, thread -> get(table, thread, PUTS / threads));
      long start = System.nanoTime();
      InternalCursor cursor = table.cursor(Trailer.SEQUENCE_MAX);
      long sorted = System.nanoTime();
      long bytes = 0;
      for (cursor.first(); cursor.isValid(); cursor.next()) {
        bytes += cursor.keyLength() + cursor.valueLength();
      }
      long walked = System.nanoTime();
      System.out.printf(
          "round %2d  %d threads  put %.2f M/s  get %.2f M/s  sort %.0f ns/record  walk %.0f"
              + " ns/record  (%d bytes)%n",
          round,
          threads,
          put,
          get,
          (sorted - start) / (double) PUTS,
          (walked - sorted) / (double) PUTS,
          bytes);
      table.release();
    }
  }

  private interface Body {
    void run(int thread);
  }

  private static double run(int threads, Body body) throws InterruptedException {
    long start = System.nanoTime();
    Thread[] running = new Thread[threads];
    for (int i = 0; i < threads; i++) {
      int thread = i;
      running[i] = new Thread(() -> body.run(thread));
      running[i].start();
    }
    for (Thread thread : running) {
      thread.join();
    }
    return PUTS * 1e3 / (System.nanoTime() - start);
  }

  private static void put(MemTable table, int thread, int count) {
    SplittableRandom random = new SplittableRandom(thread);
    byte[] key = new byte[16];
    MemorySegment view = MemorySegment.ofArray(key);
    byte[] value = new byte[100];
    for (int i = 0; i < count; i++) {
      view.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, random.nextLong());
      if (table.add(ValueKind.PUT, key, 0, 16, value, 0, 100) == MemTable.FULL) {
        throw new AssertionError("full");
      }
    }
  }

  private static void get(MemTable table, int thread, int count) {
    SplittableRandom random = new SplittableRandom(thread);
    byte[] key = new byte[16];
    MemorySegment view = MemorySegment.ofArray(key);
    MemTable.Result result = new MemTable.Result();
    for (int i = 0; i < count; i++) {
      view.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, random.nextLong());
      long hash = Keys.hash(view, 0, 16);
      if (table.get(view, 0, 16, hash, Trailer.SEQUENCE_MAX, result) != MemTable.FOUND) {
        throw new AssertionError("lost");
      }
    }
  }
}
