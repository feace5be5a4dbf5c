package io.zapkv.zns.emulated;

import io.zapkv.ring.Ring;
import io.zapkv.ring.RingOptions;
import io.zapkv.ring.Rings;
import io.zapkv.ring.Rings.Choice;
import io.zapkv.zns.RingSource;
import java.util.concurrent.ThreadFactory;

/// Rings of a device's own: in the kernel, or on a few worker threads.
///
/// **Threading.** Any thread. This is the one class of the module that makes threads.
public final class DeviceRings implements RingSource {
  private static final ThreadFactory THREADS = Thread.ofPlatform().daemon().factory();

  /// A sync blocks a thread for long, reads must get past it.
  private static final int FILE_THREADS = 4;

  private final Rings rings;
  private final String description;

  private DeviceRings(Rings rings, String description) {
    this.rings = rings;
    this.description = description;
  }

  /// For zones in files, those of a zonefs, too.
  ///
  /// @throws io.zapkv.ring.RingException where io_uring is asked for and not to be had
  public static DeviceRings forFiles(Choice choice) {
    Rings rings = Rings.choose(choice, FILE_THREADS, THREADS);
    return new DeviceRings(rings, rings.description());
  }

  /// For zones in memory: every operation runs on its owner's thread, nothing is ever handed over.
  public static DeviceRings forMemory() {
    return new DeviceRings(
        Rings.choose(Choice.POOL, 1, THREADS), "on the owner's thread: zones are memory");
  }

  /// Makes the threads of devices that need some of their own.
  public static ThreadFactory threads() {
    return THREADS;
  }

  @Override
  public Ring open(int capacity) {
    return rings.open(RingOptions.of(capacity));
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public void close() {
    rings.close();
  }
}
