package io.zapkv.compat;

import io.zapkv.api.Compression;
import io.zapkv.api.Durability;
import io.zapkv.bench.target.Engine;
import io.zapkv.bench.target.Site;
import io.zapkv.bench.target.Target;
import io.zapkv.bench.target.TargetOptions;
import io.zapkv.bench.target.ZapEngine;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// The process that is killed: several threads put numbered keys, and print each number once its
/// put has returned. The kernel keeps what was printed when the process is gone.
///
/// ```
///   key   = thread (1 byte) │ number (8 bytes, big-endian)
///   value = the same, and then up to 400 bytes that follow from the number
///   ack   = thread (1 byte) │ number (8 bytes), one write(2) each
/// ```
public final class CrashWriter {
  static final int ACK_BYTES = 1 + Long.BYTES;

  /// As the point to end at: none.
  static final String NEVER = "never";

  private static final int VALUE_BYTES_STEP = 97;
  private static final int VALUE_BYTES_MAX = 400;

  private CrashWriter() {}

  /// Writes until it is killed.
  ///
  /// @param args engine, device, the point to end at or `never`, how many puts each thread makes
  ///   before it only waits, threads, then the number each thread begins with
  public static void main(String[] args) throws InterruptedException {
    Target target = open(args[0], args[1], args[2]);
    long puts = Long.parseLong(args[3]);
    int threads = Integer.parseInt(args[4]);
    Thread[] writers = new Thread[threads];
    for (int thread = 0; thread < threads; thread++) {
      int number = thread;
      long from = Long.parseLong(args[5 + thread]);
      writers[thread] =
          Thread.ofPlatform()
              .name("writer-" + thread)
              .start(() -> write(target, number, from, from + puts));
    }
    for (Thread writer : writers) {
      writer.join();
    }
    Thread.sleep(Long.MAX_VALUE); // until it is killed
  }

  /// Opens the store as both sides of a crash do: on an `emu:` device, or in the folder beside it.
  static Target open(String engine, String device, String haltAt) {
    var options = new TargetOptions(64L << 20, Compression.LZ4, 10, false);
    ZapEngine whole = new ZapEngine();
    Engine zap = haltAt.equals(NEVER) ? whole : new HaltingEngine(HaltPoint.parse(haltAt), whole);
    return Site.of(zap, options, device, Path.of(device)).open(engine);
  }

  static byte[] key(int thread, long number) {
    return ByteBuffer.allocate(ACK_BYTES).put((byte) thread).putLong(number).array();
  }

  static byte[] value(int thread, long number) {
    int length = ACK_BYTES + (int) (number * VALUE_BYTES_STEP % VALUE_BYTES_MAX);
    ByteBuffer value = ByteBuffer.allocate(length).put(key(thread, number));
    while (value.hasRemaining()) {
      value.put((byte) (number * 31 + value.position()));
    }
    return value.array();
  }

  private static void write(Target target, int thread, long from, long to) {
    try {
      // Not System.out, whose buffer and lock would stand between the put and its ack.
      var acks = new FileOutputStream(FileDescriptor.out);
      for (long number = from; number < to; number++) {
        byte[] key = key(thread, number);
        target.put(key, value(thread, number), Durability.BUFFERED);
        acks.write(key);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("thread " + thread, e);
    } catch (RuntimeException e) {
      String text = "thread " + thread + ": " + e + "\n";
      try {
        new FileOutputStream(FileDescriptor.err).write(text.getBytes(StandardCharsets.UTF_8));
      } catch (IOException _) {
        // Nobody left to tell.
      }
      Runtime.getRuntime().halt(2);
    }
  }
}
