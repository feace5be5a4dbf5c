package io.zapkv.zns;

import io.zapkv.ring.Ring;

/// Where a device gets its rings: worker threads in production, a simulator in tests.
///
/// **Threading.** Any thread.
public interface RingSource extends AutoCloseable {
  /// Opens a ring for at most `capacity` operations.
  Ring open(int capacity);

  /// Which ring this is and why, for [DeviceStats#ring].
  String description();

  /// Ends what the rings share. Called by the device, after the last of them is closed.
  @Override
  void close();
}
