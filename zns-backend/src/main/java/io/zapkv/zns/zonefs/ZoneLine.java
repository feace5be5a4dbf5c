package io.zapkv.zns.zonefs;

import io.zapkv.ring.RingFile;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import org.jspecify.annotations.Nullable;

/// One zone: its state, its files, and the line of tasks that wait for it.
///
/// **Threading.** Under the lock of [ZonefsZones], but for what says otherwise.
final class ZoneLine {
  /// Whose turn it is.
  enum Turn {
    /// Nobody waits.
    IDLE,
    /// Waits for a writer thread.
    READY,
    /// Waits until a zone that could be closed is not being served.
    WANTS_SLOT,
    /// Belongs to a writer thread.
    RUNNING
  }

  /// Instead of the readable blocks of a zone that is gone.
  static final long GONE = -1;

  final int zone;

  /// Open for reading as long as the device is; null where the zone is gone. Any thread.
  final @Nullable RingFile reader;

  ZoneState state;
  long pointerBlocks;

  /// Blocks below this one can be read. Read by any thread.
  volatile long readableBlocks;

  /// Whether something was written here since the device was opened.
  boolean writtenBefore;

  Turn turn = Turn.IDLE;

  /// Open for writing while the zone is open. Belongs to whoever has the line RUNNING.
  @Nullable RingFile writer;

  /// Appends and writes in the line or being written, and their blocks.
  int inFlight;

  long queuedBlocks;

  private @Nullable ZoneTask head;
  private @Nullable ZoneTask tail;

  ZoneLine(int zone, @Nullable RingFile reader, ZoneState state, long pointerBlocks) {
    this.zone = zone;
    this.reader = reader;
    this.state = state;
    this.pointerBlocks = pointerBlocks;
    readableBlocks = state == ZoneState.OFFLINE ? GONE : pointerBlocks;
  }

  @Nullable ZoneTask first() {
    return head;
  }

  void join(ZoneTask task) {
    task.next = null;
    if (tail == null) {
      head = task;
    } else {
      tail.next = task;
    }
    tail = task;
  }

  void removeFirst(ZoneTask first) {
    head = first.next;
    if (head == null) {
      tail = null;
    }
    first.next = null;
  }

  ZoneReport report(long capacityBlocks) {
    long pointer =
        switch (state) {
          case EMPTY, IMPLICITLY_OPEN, EXPLICITLY_OPEN, CLOSED -> pointerBlocks;
          case FULL -> capacityBlocks;
          case READ_ONLY, OFFLINE -> -1;
        };
    return new ZoneReport(zone, state, pointer, capacityBlocks, writtenBefore);
  }
}
