package io.zapkv.engine.write;

import io.zapkv.api.OutOfSpaceException;
import io.zapkv.api.WriteBatch;
import io.zapkv.engine.base.Env;
import io.zapkv.engine.base.Signal;
import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.engine.format.ValueKind;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// The door for writes: lets them in at once while background work keeps up, later where it does
/// not, and never where the device is full.
///
/// **Threading.** Any thread.
public final class Admission {
  private final StallPolicy policy;
  private final Supplier<WritePressure> pressure;
  private final WriteTimeline timeline;
  private final Env env;
  private final Health health;
  private final Signal progress;
  private final String device;

  private final AtomicLong stalls = new AtomicLong();
  private final AtomicLong stallNanosTotal = new AtomicLong();
  private final AtomicLong stallNanosMax = new AtomicLong();
  private volatile boolean pressed;

  /// @param pressure how far behind background work is now; asked only while [#press] says that it
  ///   may matter
  /// @param progress raised when background work has come further, or will not
  public Admission(
      String device,
      StallPolicy policy,
      Supplier<WritePressure> pressure,
      Env env,
      Health health,
      Signal progress) {
    this.device = device;
    this.policy = policy;
    this.pressure = pressure;
    this.timeline = new WriteTimeline(env.clock().nanos());
    this.env = env;
    this.health = health;
    this.progress = progress;
  }

  /// Says whether background work is so far behind that writes must ask for how long to wait. Told
  /// by whoever changes it, so that the common write reads one flag.
  public void press(boolean isPressed) {
    pressed = isPressed;
  }

  /// Lets a write pass that takes `bytes` bytes of a memtable, in its time.
  ///
  /// @param kind what it does, see [ValueKind]
  public void admit(int kind, long bytes) {
    if (pressed) {
      waitTurn(kind == ValueKind.DELETE, bytes);
    }
  }

  /// Lets a batch pass, in its time.
  public void admit(WriteBatch batch) {
    if (pressed) {
      PutFinder puts = new PutFinder();
      batch.forEach(puts);
      waitTurn(
          !puts.found, batch.sizeBytes() + batch.count() * (long) RecordDescriptor.HEADER_BYTES);
    }
  }

  private void waitTurn(boolean onlyDeletes, long bytes) {
    long begin = env.clock().nanos();
    while (true) {
      health.checkWritable();
      long seen = progress.count();
      WritePressure now = pressure.get();
      long delay = onlyDeletes ? policy.delayOfDelete(now, bytes) : policy.delayOfPut(now, bytes);
      boolean inVain = delay == StallPolicy.STOP && !now.roomCanBeMade();
      if (delay == StallPolicy.FULL || inVain) {
        throw new OutOfSpaceException(
            device,
            "an empty zone beside those kept to delete and compact with",
            now.emptyZones() + " empty zones, and nothing that would free one");
      }
      if (delay != StallPolicy.STOP) {
        pauseAndCount(delay, begin);
        return;
      }
      progress.awaitPast(seen);
    }
  }

  private void pauseAndCount(long delayNanos, long begin) {
    long now = env.clock().nanos();
    long wait = timeline.waitNanos(delayNanos, now);
    if (wait > 0) {
      env.pause(wait);
      now = env.clock().nanos();
    }
    long stalled = now - begin;
    if (wait > 0 || stalled > StallPolicy.WAIT_NANOS_MAX) {
      stalls.incrementAndGet();
      stallNanosTotal.addAndGet(stalled);
      stallNanosMax.accumulateAndGet(stalled, Math::max);
    }
  }

  /// How many writes were held back.
  public long stalls() {
    return stalls.get();
  }

  /// For how long altogether.
  public long stallNanosTotal() {
    return stallNanosTotal.get();
  }

  /// The longest that one write was held back.
  public long stallNanosMax() {
    return stallNanosMax.get();
  }

  private static final class PutFinder implements WriteBatch.Visitor {
    private boolean found;

    @Override
    public void put(
        MemorySegment memory, long keyOffset, int keyLength, long valueOffset, int valueLength) {
      found = true;
    }

    @Override
    public void delete(MemorySegment memory, long keyOffset, int keyLength) {}
  }
}
