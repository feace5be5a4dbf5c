package io.zapkv.compat;

import io.zapkv.bench.target.Target;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Starts a [CrashWriter], kills it, opens what it left, and checks that every put it acknowledged
/// is there and that what follows the last is a piece without a gap. Then again, on the same store.
///
/// A kill is at a moment after the first acknowledgement, at one after the start, when the store
/// may still be opening, or, on ZapKV, at a named point of the work with the device ([HaltPoint]).
///
/// **Failures.** What was lost is an [AssertionError] that names the key and the round.
public final class CrashLoop {
  private static final int POLL_MILLIS = 5;

  /// How long is waited for a point that may not be reached.
  private static final int POINT_MILLIS_MAX = 5_000;

  /// Of each thread, in one life.
  private static final long PUTS_MAX = 20_000;

  /// 128 + SIGKILL.
  private static final int KILLED = 137;

  private final String engine;
  private final String device;
  private final int threads;
  private final SplittableRandom random;
  private final long[] next;
  private final long[] checkedFrom; // what earlier lives wrote is checked at the end
  private long acknowledged;
  private int opening;
  private int points;

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
    this.checkedFrom = new long[threads];
  }

  /// Kills so often, at moments after the first acknowledgement.
  ///
  /// @param rounds how often
  /// @param millisMax the longest a writer lives after its first ack, in milliseconds
  /// @return how many puts were acknowledged in all
  public long run(int rounds, int millisMax) throws IOException, InterruptedException {
    for (int round = 0; round < rounds; round++) {
      check(round, kill(CrashWriter.NEVER, true, random.nextInt(millisMax)));
    }
    checkAll(rounds);
    return acknowledged;
  }

  /// Kills so often, in all ways.
  ///
  /// @param rounds how often
  /// @param millisMax the longest a writer lives after its start or its first ack, in milliseconds
  /// @return how many puts were acknowledged in all
  public long runInAllWays(int rounds, int millisMax) throws IOException, InterruptedException {
    for (int round = 0; round < rounds; round++) {
      long[] acked =
          switch (random.nextInt(3)) {
            case 0 -> kill(CrashWriter.NEVER, true, random.nextInt(millisMax));
            case 1 -> kill(CrashWriter.NEVER, false, random.nextInt(4 * millisMax));
            default -> kill(point(drawName()), false, POINT_MILLIS_MAX);
          };
      check(round, acked);
    }
    checkAll(rounds);
    return acknowledged;
  }

  /// Lets a process end at each named point, one after the other.
  public void runAtPoints() throws IOException, InterruptedException {
    int round = 0;
    for (HaltPoint.Name name : HaltPoint.Name.values()) {
      check(round++, kill(point(name), false, POINT_MILLIS_MAX));
    }
    checkAll(round);
  }

  private HaltPoint.Name drawName() {
    HaltPoint.Name[] names = HaltPoint.Name.values();
    return names[random.nextInt(names.length)];
  }

  /// Small numbers are passed while the store is opening.
  private String point(HaltPoint.Name name) {
    int nth = 1 + random.nextInt(random.nextBoolean() ? 3 : 16);
    return name.name().toLowerCase(Locale.ROOT) + ":" + nth;
  }

  /// How many kills came before the first acknowledgement of their process.
  public int whileOpening() {
    return opening;
  }

  /// How many processes ended at a named point.
  public int atPoints() {
    return points;
  }

  private long[] kill(String haltAt, boolean awaitsAck, int millis)
      throws IOException, InterruptedException {
    // A file and not a pipe: the JDK closes the pipe of a process that ended under its reader.
    Path acks = Files.createTempFile("zap-crash", ".acks");
    try {
      Process writer =
          new ProcessBuilder(command(haltAt))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .redirectOutput(acks.toFile())
              .start();
      boolean endedItself;
      try {
        while (awaitsAck && Files.size(acks) < CrashWriter.ACK_BYTES) {
          if (!writer.isAlive()) {
            throw new AssertionError(
                "the writer ended with " + writer.exitValue() + " before it wrote");
          }
          Thread.sleep(POLL_MILLIS);
        }
        endedItself = writer.waitFor(millis, TimeUnit.MILLISECONDS);
      } finally {
        writer.destroyForcibly();
      }
      writer.waitFor();
      if (writer.exitValue() != KILLED || (endedItself && haltAt.equals(CrashWriter.NEVER))) {
        throw new AssertionError("the writer ended with " + writer.exitValue() + " by itself");
      }
      byte[] all = Files.readAllBytes(acks);
      points += endedItself ? 1 : 0;
      opening += all.length == 0 ? 1 : 0;
      return read(all);
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

  /// What this life wrote, and what the one before it left behind.
  private void check(int round, long[] acked) {
    try (Target target = open()) {
      for (int thread = 0; thread < threads; thread++) {
        for (long number = checkedFrom[thread]; number < acked[thread]; number++) {
          expect(target, round, thread, number);
        }
        checkedFrom[thread] = next[thread];
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

  /// From the first of all lives: no recovery has lost what an earlier one had saved.
  private void checkAll(int rounds) {
    try (Target target = open()) {
      for (int thread = 0; thread < threads; thread++) {
        for (long number = 0; number < next[thread]; number++) {
          expect(target, rounds, thread, number);
        }
        if (target.get(CrashWriter.key(thread, next[thread])) != null) {
          throw new AssertionError("put " + next[thread] + " was never made and is there");
        }
      }
    }
  }

  private Target open() {
    return CrashWriter.open(engine, device, CrashWriter.NEVER);
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

  private List<String> command(String haltAt) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(CrashWriter.class.getName());
    command.add(engine);
    command.add(device);
    command.add(haltAt);
    command.add(Long.toString(PUTS_MAX));
    command.add(Integer.toString(threads));
    for (long from : next) {
      command.add(Long.toString(from));
    }
    return command;
  }
}
