package io.zapkv.engine.core;

import io.zapkv.engine.base.Env;
import io.zapkv.engine.base.SystemEnv;
import io.zapkv.ring.Clock;
import java.util.random.RandomGenerator;

/// The machine, but with a time that a test makes pass.
abstract class TimedEnv implements Env {
  private final Env real = new SystemEnv();

  @Override
  public abstract Clock clock();

  @Override
  public abstract void pause(long nanos);

  @Override
  public RandomGenerator random(String stream) {
    return real.random(stream);
  }

  @Override
  public Task start(String name, Runnable body) {
    return real.start(name, body);
  }

  @Override
  public String bootId() {
    return real.bootId();
  }
}
