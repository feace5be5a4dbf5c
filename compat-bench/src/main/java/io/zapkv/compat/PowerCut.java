package io.zapkv.compat;

import io.zapkv.Zap;
import io.zapkv.api.Cursor;
import io.zapkv.api.Durability;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.ZapException;
import io.zapkv.api.ZapStore;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The program whose machine loses its power, or whose device fails: it checks what an earlier run
/// was promised, and then puts numbered keys DURABLE, each followed by its ack in a file.
///
/// ```
///   key   = thread (1 byte) │ number (8 bytes, big-endian)
///   value = the key, and then up to 4,000 bytes that follow from it
///   ack   = the key, one write(2) each
/// ```
///
/// The file of acks must outlive the machine and must hold an ack when the write of it returns, as
/// a folder of the host does that is mounted without a cache.
///
/// **Failures.** The exit code is 1 where a promise was broken, and 3 where the store refused with
/// a named reason.
public final class PowerCut {
  private static final int THREADS = 4;
  private static final int BROKEN = 1;
  private static final int REFUSED = 3;
  private static final int VALUE_BYTES_STEP = 397;
  private static final int VALUE_BYTES_MAX = 4000;

  /// Small, so that a few seconds see flushes and merges, too.
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults().withMemtableBytes(1 << 20).withMemoryBudgetBytes(16 << 20);

  private final ZapStore store;
  private final Path acks;

  private PowerCut(ZapStore store, Path acks) {
    this.store = store;
    this.acks = acks;
  }

  /// Checks, and writes on.
  ///
  /// @param args device, file of acks, how many puts each thread adds (0 to check only)
  public static void main(String[] args) throws IOException, InterruptedException {
    long puts = Long.parseLong(args[2]);
    // To the descriptor itself: what was said before the power went must have been said.
    var out =
        new PrintWriter(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    try (ZapStore store = Zap.open(args[0], OPTIONS)) {
      PowerCut run = new PowerCut(store, Path.of(args[1]));
      long[] next = run.acknowledged();
      out.printf("%,d acknowledged puts, all there; %,d in all%n", sum(next), run.check(next));
      if (puts > 0) {
        run.write(next, puts);
        out.printf("put %,d more%n", puts * THREADS);
      }
    } catch (ZapException e) {
      out.println("refused: " + e.getMessage() + " (" + e.advice() + ")");
      System.exit(REFUSED);
    } catch (BrokenPromiseException e) {
      out.println("BROKEN: " + e.getMessage());
      System.exit(BROKEN);
    }
  }

  /// One past the last ack of each thread.
  private long[] acknowledged() throws IOException {
    long[] next = new long[THREADS];
    if (!Files.exists(acks)) {
      return next;
    }
    ByteBuffer view = ByteBuffer.wrap(Files.readAllBytes(acks));
    while (view.hasRemaining()) {
      if (view.remaining() < CrashWriter.ACK_BYTES) {
        throw new BrokenPromiseException("the file of acks ends inside an ack");
      }
      int thread = view.get();
      long number = view.getLong();
      if (number != next[thread]) {
        throw new BrokenPromiseException(
            "ack %d of thread %d follows %d".formatted(number, thread, next[thread] - 1));
      }
      next[thread]++;
    }
    return next;
  }

  /// Walks all that is there, so that a key that nobody put is seen as well as one that is gone.
  private long check(long[] next) {
    long[] expected = new long[THREADS];
    long found = 0;
    try (Cursor cursor = store.cursor()) {
      for (cursor.first(); cursor.isValid(); cursor.next(), found++) {
        ByteBuffer key = ByteBuffer.wrap(cursor.key());
        int thread = key.get();
        long number = key.getLong();
        if (number != expected[thread]) {
          throw new BrokenPromiseException(
              "put %d of thread %d is gone, %d is there"
                  .formatted(expected[thread], thread, number));
        }
        if (!Arrays.equals(cursor.value(), value(thread, number))) {
          throw new BrokenPromiseException(
              "put %d of thread %d came back changed".formatted(number, thread));
        }
        expected[thread]++;
      }
    }
    for (int thread = 0; thread < THREADS; thread++) {
      // One put of each thread may have been under way.
      if (expected[thread] < next[thread] || expected[thread] > next[thread] + 1) {
        throw new BrokenPromiseException(
            "thread %d was acknowledged %d puts, and %d are there"
                .formatted(thread, next[thread], expected[thread]));
      }
    }
    return found;
  }

  private void write(long[] next, long puts) throws IOException, InterruptedException {
    var failure = new AtomicReference<@Nullable RuntimeException>();
    List<Thread> writers = new ArrayList<>();
    try (var file = new FileOutputStream(acks.toFile(), true)) {
      for (int thread = 0; thread < THREADS; thread++) {
        int number = thread;
        writers.add(
            Thread.ofPlatform()
                .name("writer-" + thread)
                .start(() -> {
                  try {
                    put(file, number, next[number], puts);
                  } catch (RuntimeException e) {
                    failure.compareAndSet(null, e);
                  }
                }));
      }
      for (Thread writer : writers) {
        writer.join();
      }
    }
    RuntimeException first = failure.get();
    if (first != null) {
      throw first;
    }
  }

  private void put(FileOutputStream file, int thread, long from, long puts) {
    for (long number = from; number < from + puts; number++) {
      byte[] key = CrashWriter.key(thread, number);
      store.put(key, value(thread, number), Durability.DURABLE);
      try {
        file.write(key);
      } catch (IOException e) {
        throw new UncheckedIOException(acks.toString(), e);
      }
    }
  }

  private static byte[] value(int thread, long number) {
    int more = (int) (number * VALUE_BYTES_STEP % VALUE_BYTES_MAX);
    byte[] key = CrashWriter.key(thread, number);
    byte[] value = Arrays.copyOf(key, key.length + more);
    for (int at = key.length; at < value.length; at++) {
      value[at] = (byte) (number * 31 + thread * 7L + at);
    }
    return value;
  }

  private static long sum(long[] numbers) {
    return Arrays.stream(numbers).sum();
  }

  private static final class BrokenPromiseException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BrokenPromiseException(String message) {
      super(message);
    }
  }
}
