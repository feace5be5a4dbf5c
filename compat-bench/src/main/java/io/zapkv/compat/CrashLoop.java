package io.zapkv.compat;

import io.zapkv.bench.target.Target;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Starts a [CrashWriter], kills it at a moment drawn at random, opens what it left, and checks
/// that every put it acknowledged is there and that what follows the last is a piece without a gap.
/// Then again, on the same store.
///
/// **Failures.** What was lost is an [AssertionError] that names the key and the round.
public final class CrashLoop {
  private static final int POLL_MILLIS = 5;

  /// 128 + SIGKILL.
  private static final int KILLED = 137;

  private final String engine;
  private final String device;
  private final int threads;
  private final SplittableRandom random;
  private final long[] next;
  private long acknowledged;

  /// @param engine name of the engine
  /// @param device an `emu:` device
  /// @param threads threads that write
  /// @param seed what the moments are drawn from
  public CrashLoop(String engine, String device, int threads, long seed) {
    this.engine = engine;
    this.device = device;
    this.threads = threads;
    this.random = new SplittableRandom(seed);
    this.next = new long[threads];
  }

  /// Kills so often.
  ///
  /// @param rounds how often
  /// @param millisMax the longest a writer lives after its first ack, in milliseconds
  /// @return how many puts were acknowledged in all
  public long run(int rounds, int millisMax) throws IOException, InterruptedException {
    for (int round = 0; round < rounds; round++) {
      long[] acked = kill(random.nextInt(millisMax));
      check(round, acked);
    }
    return acknowledged;
  }

  private long[] kill(int millis) throws IOException, InterruptedException {
    // A file and not a pipe: the JDK closes the pipe of a process that ended under its reader.
    Path acks = Files.createTempFile("zap-crash", ".acks");
    try {
      Process writer =
          new ProcessBuilder(command())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .redirectOutput(acks.toFile())
              .start();
      try {
        while (Files.size(acks) < CrashWriter.ACK_BYTES) {
          if (!writer.isAlive()) {
            throw new AssertionError(
                "the writer ended with " + writer.exitValue() + " before it wrote");
          }
          Thread.sleep(POLL_MILLIS);
        }
        Thread.sleep(millis);
      } finally {
        writer.destroyForcibly();
      }
      writer.waitFor();
      if (writer.exitValue() != KILLED) {
        throw new AssertionError("the writer ended with " + writer.exitValue() + " by itself");
      }
      return read(Files.readAllBytes(acks));
    } finally {
      Files.delete(acks);
    }
  }

  /// Reads all acks, and returns what each thread must have reached: one past its last.
  private long[] read(byte[] acks) {
    long[] acked = next.clone();
    ByteBuffer view = ByteBuffer.wrap(acks);
    // A torn ack at the very end is none.
    while (view.remaining() >= CrashWriter.ACK_BYTES) {
      int thread = view.get();
      long number = view.getLong();
      if (number != acked[thread]) {
        throw new AssertionError("ack " + number + " after " + acked[thread]);
      }
      acked[thread] = number + 1;
      acknowledged++;
    }
    return acked;
  }

  private void check(int round, long[] acked) {
    try (Target target = CrashWriter.open(engine, device)) {
      for (int thread = 0; thread < threads; thread++) {
        // From the first of all rounds: recovery must not lose what an earlier one had saved.
        for (long number = 0; number < acked[thread]; number++) {
          expect(target, round, thread, number);
        }
        // A thread has one put under way: at most that one may be there without an ack.
        long end = acked[thread];
        if (target.get(CrashWriter.key(thread, end)) != null) {
          expect(target, round, thread, end);
          end++;
        }
        next[thread] = end;
      }
    }
  }

  private static void expect(Target target, int round, int thread, long number) {
    byte[] value = target.get(CrashWriter.key(thread, number));
    if (value == null) {
      throw new AssertionError(
          "round %d: put %d of thread %d was acknowledged and is gone"
              .formatted(round, number, thread));
    }
    if (!Arrays.equals(value, CrashWriter.value(thread, number))) {
      throw new AssertionError(
          "round %d: put %d of thread %d came back changed".formatted(round, number, thread));
    }
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(CrashWriter.class.getName());
    command.add(engine);
    command.add(device);
    command.add(Integer.toString(threads));
    for (long from : next) {
      command.add(Long.toString(from));
    }
    return command;
  }
}
