package io.zapkv.compat;

import io.zapkv.api.StoreOptions;
import io.zapkv.api.StoreStats;
import io.zapkv.api.ZapStore;
import io.zapkv.bench.target.Engine;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Loads many records in scattered order and reads every one of them back.
///
/// Key and value of a record follow from its number, so nothing has to be remembered: record `i` is
/// written as the `i`-th of a walk that visits every number once, and checked by computing it
/// again.
public final class ScaleCheck {
  /// Bytes of a key.
  public static final int KEY_BYTES = 16;

  private static final int REPORT_EVERY = 1 << 14;

  // Odd constants with well mixed bits: of the golden ratio and of the square root of 2.
  private static final long MIX_A = 0x9E3779B97F4A7C15L;
  private static final long MIX_B = 0x6A09E667F3BCC909L;

  private final long records;
  private final int valueBytes;
  private final int threads;
  private final long stride;

  /// @param records how many
  /// @param valueBytes bytes of each value; half of them repeat, so that they can be compressed
  /// @param threads how many read back
  public ScaleCheck(long records, int valueBytes, int threads) {
    this.records = records;
    this.valueBytes = valueBytes;
    this.threads = threads;
    this.stride = coprimeNear(records * 0.6180339887);
  }

  /// What a run found.
  ///
  /// @param records loaded and checked
  /// @param loadSeconds until all were written, flushes and merges not waited for
  /// @param settleSeconds until nothing was left to flush and merge
  /// @param readSeconds to read every key back
  /// @param wrong keys that were missing or had another value
  /// @param memory the process's memory at its highest
  /// @param stats of the store at the end
  public record Outcome(
      long records,
      double loadSeconds,
      double settleSeconds,
      double readSeconds,
      long wrong,
      ProcessMemory.Peak memory,
      StoreStats stats) {}

  /// Runs on a fresh store.
  ///
  /// @param progress told how many records are done, twice as many as there are in all
  public Outcome run(Engine engine, String device, StoreOptions options, LongConsumer progress)
      throws InterruptedException {
    try (ProcessMemory memory = new ProcessMemory();
        ZapStore store = engine.open(device, options)) {
      long begin = System.nanoTime();
      load(store, progress);
      long loaded = System.nanoTime();
      while (store.stats().background().backlogBytes() > 0) {
        Thread.sleep(50);
      }
      long settled = System.nanoTime();
      long wrong = readBack(store, progress);
      long read = System.nanoTime();
      return new Outcome(
          records,
          (loaded - begin) / 1e9,
          (settled - loaded) / 1e9,
          (read - settled) / 1e9,
          wrong,
          memory.peak(),
          store.stats());
    }
  }

  private void load(ZapStore store, LongConsumer progress) {
    byte[] key = new byte[KEY_BYTES];
    byte[] value = new byte[valueBytes];
    long number = 0;
    for (long i = 0; i < records; i++) {
      fill(number, key, value);
      store.put(key, value);
      number = (number + stride) % records;
      if (i % REPORT_EVERY == 0) {
        progress.accept(i);
      }
    }
  }

  private long readBack(ZapStore store, LongConsumer progress) throws InterruptedException {
    AtomicLong wrong = new AtomicLong();
    AtomicLong done = new AtomicLong();
    Thread[] readers = new Thread[threads];
    for (int t = 0; t < threads; t++) {
      long from = records * t / threads;
      long to = records * (t + 1) / threads;
      readers[t] = new Thread(() -> wrong.addAndGet(check(store, from, to, done, progress)));
      readers[t].start();
    }
    for (Thread reader : readers) {
      reader.join();
    }
    return wrong.get();
  }

  private long check(ZapStore store, long from, long to, AtomicLong done, LongConsumer progress) {
    byte[] key = new byte[KEY_BYTES];
    byte[] expected = new byte[valueBytes];
    long wrong = 0;
    for (long i = from; i < to; i++) {
      fill(i, key, expected);
      byte @Nullable [] value = store.get(key);
      if (value == null || !Arrays.equals(value, expected)) {
        wrong++;
      }
      if (i % REPORT_EVERY == 0) {
        progress.accept(records + done.addAndGet(REPORT_EVERY));
      }
    }
    return wrong;
  }

  /// Computes record `number`.
  private static void fill(long number, byte[] key, byte[] value) {
    long rest = number;
    for (int i = KEY_BYTES - 1; i >= 0; i--) {
      key[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    long state = number * MIX_A + MIX_B;
    int half = value.length / 2;
    for (int i = 0; i < value.length; i += Long.BYTES) {
      long word = i < half ? state : MIX_B;
      for (int b = i; b < Math.min(value.length, i + Long.BYTES); b++) {
        value[b] = (byte) word;
        word >>>= Byte.SIZE;
      }
      state = (state ^ state >>> 29) * MIX_A;
    }
  }

  private long coprimeNear(double wanted) {
    long candidate = Math.max(1, (long) wanted);
    while (gcd(candidate, records) != 1) {
      candidate++;
    }
    return candidate;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
