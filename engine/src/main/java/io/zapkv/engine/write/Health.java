package io.zapkv.engine.write;

import io.zapkv.api.ClosedException;
import io.zapkv.api.DeviceException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Whether the store still takes writes: not after it was closed, and not after a durable write
/// failed, because then nobody knows what the device has (F16).
///
/// **Threading.** Any thread.
public final class Health {
  private final String device;
  private final AtomicReference<@Nullable Throwable> poison = new AtomicReference<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  /// A healthy store on `device`.
  public Health(String device) {
    this.device = device;
  }

  /// Ends writing for good because of `failure`. The first failure stays; later ones change
  /// nothing.
  public void poison(Throwable failure) {
    poison.compareAndSet(null, failure);
  }

  /// Whether a failure has ended writing.
  public boolean isPoisoned() {
    return poison.get() != null;
  }

  /// Ends everything because the store is being closed.
  ///
  /// @return whether it was open until now
  public boolean close() {
    return closed.compareAndSet(false, true);
  }

  /// Whether the store was closed.
  public boolean isClosed() {
    return closed.get();
  }

  /// Lets a read pass.
  ///
  /// @throws ClosedException once closed
  public void checkOpen() {
    if (closed.get()) {
      throw new ClosedException(device);
    }
  }

  /// Lets a write pass.
  ///
  /// @throws ClosedException once closed
  /// @throws DeviceException once poisoned, with the first failure as its cause
  public void checkWritable() {
    checkOpen();
    Throwable failure = poison.get();
    if (failure != null) {
      throw new DeviceException(
          device + ": write",
          "a store whose writes all reached the device",
          "an earlier write failed: " + failure.getMessage(),
          "close the store, cure the device, and open it again: what was acknowledged is there",
          failure);
    }
  }
}
