package io.zapkv.zns.emulated;

import io.zapkv.ring.Errno;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Forces the zone table when a zone's state has changed since the last time.
///
/// A pointer that moved needs no force: after a power cut every zone that is not empty counts as
/// full, wherever its pointer was.
///
/// **Threading.** Any thread.
final class TableForce {
  /// Nothing is known of what an earlier process left unforced.
  private static final long NEVER = -1;

  private final ZoneTable table;
  private final AtomicLong forced = new AtomicLong(NEVER);
  private volatile @Nullable EmulatedZones zones;

  TableForce(ZoneTable table) {
    this.table = table;
  }

  void attach(EmulatedZones newZones) {
    zones = newZones;
  }

  /// Answers zero or a negated errno.
  int force() {
    EmulatedZones counting = Objects.requireNonNull(zones, "a sync before the device is complete");
    // Read before the force: a change in between is for the next one.
    long transitions = counting.transitions();
    if (transitions <= forced.get()) {
      return 0;
    }
    try {
      table.force();
    } catch (UncheckedIOException e) {
      return -Errno.EIO;
    }
    // Only now, so that who comes meanwhile forces, too, instead of relying on an unfinished one.
    forced.accumulateAndGet(transitions, Math::max);
    return 0;
  }
}
