package io.zapkv.engine.table;

import io.zapkv.bench.structure.BenchmarkKeys;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.format.ValueKind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// A block's cursor beside a plain loop over lengths, keys and values, with no shared prefixes and
/// no restarts: a walk over 32 entries of 16 and 100 bytes, an entry, and a search for one, which
/// in the plain block begins at the front.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class BlockDecodeBenchmark {
  private static final int ENTRIES = 32;
  private static final int VALUE_BYTES = 100;
  private static final int RESTART_INTERVAL = 16;
  private static final int LENGTHS_BYTES = 2 * Integer.BYTES;

  private final Arena arena = Arena.ofShared();
  private final BlockCursor cursor = new BlockCursor(new GrowingBuffer(arena, 256));
  private final byte[] key = new byte[BenchmarkKeys.BYTES];
  private final MemorySegment keyView = MemorySegment.ofArray(key);
  private final SplittableRandom random = new SplittableRandom(1);
  private final ByteBuffer plain =
      ByteBuffer.allocateDirect(ENTRIES * (LENGTHS_BYTES + BenchmarkKeys.BYTES + VALUE_BYTES));
  private final MemorySegment plainView = MemorySegment.ofBuffer(plain);

  @Setup
  public void write() {
    BlockWriter writer = new BlockWriter(arena, RESTART_INTERVAL);
    byte[] value = new byte[VALUE_BYTES];
    MemorySegment valueView = MemorySegment.ofArray(value);
    for (int i = 0; i < ENTRIES; i++) {
      BenchmarkKeys.ordered(key, i);
      long trailer = Trailer.of(1, ValueKind.PUT);
      writer.add(keyView, 0, key.length, trailer, valueView, 0, VALUE_BYTES);
      plain.putInt(key.length).putInt(VALUE_BYTES).put(key).put(value);
    }
    int length = writer.finish();
    cursor.open(writer.segment(), 0, length, 1, 0);
  }

  @TearDown
  public void free() {
    arena.close();
  }

  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public long walk() {
    long bytes = 0;
    for (cursor.first(); cursor.isValid(); cursor.next()) {
      bytes += cursor.keyLength() + cursor.valueLength();
    }
    return bytes;
  }

  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public long walkPlainLoop() {
    long bytes = 0;
    for (int at = 0; at < plain.capacity(); ) {
      int keyBytes = plain.getInt(at);
      int valueBytes = plain.getInt(at + Integer.BYTES);
      bytes += keyBytes + valueBytes;
      at += LENGTHS_BYTES + keyBytes + valueBytes;
    }
    return bytes;
  }

  @Benchmark
  public boolean seek() {
    BenchmarkKeys.ordered(key, random.nextInt(ENTRIES));
    cursor.seek(keyView, 0, key.length, Trailer.SEQUENCE_MAX);
    return cursor.isValid();
  }

  @Benchmark
  public int seekPlainLoop() {
    BenchmarkKeys.ordered(key, random.nextInt(ENTRIES));
    for (int at = 0; at < plain.capacity(); ) {
      int keyBytes = plain.getInt(at);
      long from = at + LENGTHS_BYTES;
      if (MemorySegment.mismatch(plainView, from, from + keyBytes, keyView, 0, key.length) < 0) {
        return at;
      }
      at += LENGTHS_BYTES + keyBytes + plain.getInt(at + Integer.BYTES);
    }
    return -1;
  }
}
