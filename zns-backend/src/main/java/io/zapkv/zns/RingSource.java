package io.zapkv.zns;

import io.zapkv.ring.Ring;

/// Where a device gets its rings: worker threads in production, a simulator in tests.
///
/// **Threading.** Any thread.
public interface RingSource extends AutoCloseable {
  /// Opens a ring for at most `capacity` operations.
  Ring open(int capacity);

  /// How long one of its rings may be silent while something is under way, before its queue gives
  /// the device up. The kernel's own drivers give a command up after half a minute, try it again,
  /// and reset the device; a file system under load syncs for longer than that.
  default long patienceNanos() {
    return 180_000_000_000L;
  }

  /// Which ring this is and why, for [DeviceStats#ring].
  String description();

  /// Ends what the rings share. Called by the device, after the last of them is closed.
  @Override
  void close();
}
