package io.zapkv.engine.base;

import io.zapkv.ring.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/// The real world: the JDK's clock, its secure seed, platform daemon threads. No other class of the
/// engine may touch any of these.
public final class SystemEnv implements Env {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private final SecureRandom seeds = new SecureRandom();
  private final Clock clock = Clock.system();

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public RandomGenerator random(String stream) {
    return new SplittableRandom(seeds.nextLong());
  }

  @Override
  public Task start(String name, Runnable body) {
    Thread thread = Thread.ofPlatform().daemon().name(name).start(body);
    return () -> joinUninterruptibly(thread);
  }

  @Override
  public void pause(long nanos) {
    long end = clock.nanos() + nanos;
    boolean interrupted = false;
    for (long left = nanos; left > 0; left = end - clock.nanos()) {
      LockSupport.parkNanos(this, left);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String bootId() {
    try {
      return Files.readString(BOOT_ID).strip();
    } catch (IOException _) {
      return ""; // not Linux: the log then never trusts memory that outlived the process
    }
  }

  private static void joinUninterruptibly(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
