package io.zapkv.zns;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// A submission and completion pair of a [ZonedDevice].
///
/// ```
///   append / write / read / … ──► queued ──► flush() or await() ──► executed ──► poll() ──► handler
///        │ false: no room, poll and try again
/// ```
///
/// An append learns its address when the device executes it, which is some moment between flush and
/// completion; the order of execution is not the order of submission (A4).
///
/// **Threading.** One owner at a time; ownership may be handed over under a lock.
///
/// **Memory.** A buffer belongs to the queue until its completion is delivered. Buffers are native
/// memory, a whole number of device blocks long.
///
/// **Bounds.** At most [#depth] operations between submission and delivery.
///
/// **Failures.** A submission that can never work (longer than `appendBytesMax`, not whole blocks,
/// no such zone) throws [IllegalArgumentException] and does nothing (A3). What the device refuses
/// or breaks is a completion through [ZoneHandler#onFailed]; so is what becomes of a lost way to
/// it, see [#isLost].
public interface ZoneQueue extends AutoCloseable {
  /// Flag: the next operation runs only when this one has succeeded; else it fails with
  /// [ZoneFailure#CANCELED] and has no effect (A8).
  int LINK = 1;

  /// As the zone of [#sync]: every zone of the device.
  int ALL_ZONES = -1;

  /// The most operations between submission and delivery.
  int depth();

  /// Operations submitted whose completion has not been delivered.
  int outstanding();

  /// Appends `data` to `zone`, all of it or nothing; the completion carries the address.
  ///
  /// @return false where the queue is full and nothing was queued (so for every operation below)
  boolean append(int zone, MemorySegment data, int flags, long token);

  /// Appends `data` to whichever zone of `group` has room (S2); the completion's address says
  /// which.
  boolean append(ZoneGroup group, MemorySegment data, int flags, long token);

  /// Writes at an exact address, which must be the zone's write pointer (A9). For payloads above
  /// the append limit, by an owner who has the zone to itself.
  boolean write(long address, MemorySegment data, int flags, long token);

  /// Reads `target.byteSize()` bytes at `address`, within one zone and below its write pointer.
  boolean read(long address, MemorySegment target, int flags, long token);

  /// Opens, closes, finishes or resets a zone. Finish and reset want nothing in flight to it (D18).
  boolean manage(ZoneAction action, int zone, int flags, long token);

  /// Makes all that had *completed* on `zone` (or [#ALL_ZONES]) before this was submitted survive a
  /// power cut (D21). A device that cannot do less flushes everything.
  boolean sync(int zone, int flags, long token);

  /// Copies ranges to the end of one zone without passing the caller's memory where the device can
  /// (S5). All of it or nothing; the ranges together are at most one append long. The completion's
  /// address is where the first range landed, the others follow it in order.
  boolean copy(List<ZoneRange> sources, int destinationZone, int flags, long token);

  /// Starts what is queued.
  void flush();

  /// Delivers ready completions, up to `limit`, without waiting; returns how many.
  int poll(ZoneHandler handler, int limit);

  /// Flushes, waits for at least one completion, delivers up to `limit`; zero at once where nothing
  /// is outstanding.
  int await(ZoneHandler handler, int limit);

  /// Whether the way to the device is lost: every operation fails with [ZoneFailure#TRANSPORT] from
  /// then on, and those that were under way have an unknown outcome (F18, F21). Their buffers may
  /// be used for other operations of this queue, but not be freed, not even when it is closed: the
  /// device may still be at work on them.
  default boolean isLost() {
    return false;
  }

  /// Waits for what is in flight and gives the queue back. Idempotent.
  @Override
  void close();
}
