package io.zapkv.sim.world;

import io.zapkv.engine.base.Env;
import io.zapkv.ring.Clock;
import io.zapkv.sim.schedule.Scheduler;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// The machine that a simulated store runs on: time, threads and chance of the scheduler.
public final class SimEnv implements Env {
  private static final long JUMP_NANOS_MAX = 10_000_000_000_000L;

  private final Scheduler scheduler;
  private final SplittableRandom random;
  private String bootId = "boot 0";
  private int boots;
  private long jumpNanos;

  /// A machine that has just been switched on.
  public SimEnv(Scheduler scheduler, SplittableRandom random) {
    this.scheduler = scheduler;
    this.random = random;
  }

  /// The machine restarts.
  public void reboot() {
    bootId = "boot " + ++boots;
  }

  /// The clock is set, to a time some hours away.
  public void jump() {
    jumpNanos += random.nextLong(-JUMP_NANOS_MAX, JUMP_NANOS_MAX);
  }

  @Override
  public Clock clock() {
    return () -> scheduler.nanos() + jumpNanos;
  }

  @Override
  public RandomGenerator random(String stream) {
    return random.split();
  }

  @Override
  public Task start(String name, Runnable body) {
    return scheduler.start(name, body)::join;
  }

  @Override
  public void pause(long nanos) {
    scheduler.pause(nanos);
  }

  @Override
  public String bootId() {
    return bootId;
  }
}
