package io.zapkv.zns.zonefs;

import io.zapkv.ring.Ring;
import io.zapkv.zns.ZoneState;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What a writer thread has been given to do at one zone: a gathered write, an action, or nothing.
/// Used over and over.
///
/// **Threading.** Filled under the lock of [ZonefsZones], then the writer thread's own.
final class Round {
  /// The most appends of one write.
  static final int TASKS_MAX = Ring.VECTORS_MAX;

  /// The most bytes of one write, unless a single task has more.
  static final long BYTES_MAX = 1L << 20;

  private final int tasksMax;
  final MemorySegment[] buffers;
  private final ZoneTask[] tasks;

  ZoneLine line;

  /// Where the zone stood before, to go back to where nothing can be done.
  ZoneState stateBefore = ZoneState.EMPTY;

  /// A zone to close first, to make room for this one.
  @Nullable ZoneLine toClose;

  /// An action to carry out, then there is no write.
  @Nullable ZoneTask action;

  /// Where the action leads to.
  ZoneState stateAfterAction = ZoneState.EMPTY;

  private int count;
  private long bytes;
  private long blocks;

  /// @param tasksMax the most appends of one write
  Round(int tasksMax, ZoneLine anyLine) {
    this.tasksMax = tasksMax;
    buffers = new MemorySegment[tasksMax];
    tasks = new ZoneTask[tasksMax];
    line = anyLine;
  }

  void begin(ZoneLine newLine) {
    line = newLine;
    stateBefore = newLine.state;
    toClose = null;
    action = null;
    count = 0;
    bytes = 0;
    blocks = 0;
  }

  int count() {
    return count;
  }

  ZoneTask task(int index) {
    return tasks[index];
  }

  long bytes() {
    return bytes;
  }

  long blocks() {
    return blocks;
  }

  boolean takes(ZoneTask task) {
    return count == 0 || (count < tasksMax && bytes + task.data.byteSize() <= BYTES_MAX);
  }

  void add(ZoneTask task) {
    tasks[count] = task;
    buffers[count] = task.data;
    count++;
    bytes += task.data.byteSize();
    blocks += task.blocks;
  }

  /// Delivers what is over, and lets go of it. The last act of a round, outside of any lock.
  void deliver() {
    for (int i = 0; i < count; i++) {
      buffers[i] = MemorySegment.NULL;
      tasks[i].deliver();
    }
    if (action != null) {
      action.deliver();
    }
  }
}
