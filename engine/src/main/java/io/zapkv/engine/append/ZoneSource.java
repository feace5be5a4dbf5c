package io.zapkv.engine.append;

import io.zapkv.engine.zone.ZoneLease;

/// Where the chunks of a stream go next.
///
/// In the store this is the allocator, asked with the stream's own lifetime and purpose: `blocks ->
/// allocator.lease(Lifetime.SHARED, blocks, Purpose.FLUSH)`.
@FunctionalInterface
public interface ZoneSource {
  /// A lease on a zone with at least `blocks` blocks left, the stream's to close. May wait; the
  /// stream asks only while nothing of its own is in flight.
  ZoneLease lease(long blocks);
}
