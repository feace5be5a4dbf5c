package io.zapkv.zns.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// The rules in force and how often each has matched.
///
/// **Threading.** Any thread.
final class FaultPlan {
  private static final FaultEffect NONE = new FaultEffect.None();

  private static final class Counted {
    final FaultRule rule;
    long matches;

    Counted(FaultRule rule) {
      this.rule = rule;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Counted> rules = new ArrayList<>();
  private long fired;

  void add(List<FaultRule> more) {
    lock.lock();
    try {
      for (FaultRule rule : more) {
        rules.add(new Counted(rule));
      }
    } finally {
      lock.unlock();
    }
  }

  void clear() {
    lock.lock();
    try {
      rules.clear();
    } finally {
      lock.unlock();
    }
  }

  long fired() {
    lock.lock();
    try {
      return fired;
    } finally {
      lock.unlock();
    }
  }

  /// What happens to this operation. Every rule that matches counts it; the first that is due wins.
  FaultEffect next(FaultOperation operation, int zone) {
    lock.lock();
    try {
      FaultEffect effect = NONE;
      for (Counted each : rules) {
        if (each.rule.matches(operation, zone)) {
          each.matches++;
          boolean isDue =
              each.rule.nth() == FaultRule.EVERY_TIME || each.rule.nth() == each.matches;
          if (isDue && effect instanceof FaultEffect.None) {
            effect = each.rule.effect();
            fired++;
          }
        }
      }
      return effect;
    } finally {
      lock.unlock();
    }
  }
}
