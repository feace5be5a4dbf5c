package io.zapkv.zns.zonefs;

import io.zapkv.ring.RingFile;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneCommand;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneGroup;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZoneStateMachine;
import io.zapkv.zns.ZoneTransition;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The states of all zones, the lines in front of them, and whose turn it is.
///
/// What becomes of a task is decided when its line is served, because only then is it known where
/// the pointer is and whether there is a slot; which zone of a group it goes to is decided when it
/// joins, and once more where that zone could not take it.
///
/// **Threading.** Any thread. One lock, held for decisions and never around a system call.
///
/// **Failures.** To finish or reset a zone while data are on their way to it is a bug of the caller
/// (D17, D18), hence an [AssertionError].
final class ZonefsZones {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition lineIsReady = lock.newCondition();
  private final Geometry geometry;
  private final List<ZoneLine> lines;
  private final ArrayDeque<ZoneLine> ready = new ArrayDeque<>();
  private final ArrayDeque<ZoneLine> wantingSlot = new ArrayDeque<>();
  private final SlotCounts slots = new SlotCounts();
  private final GroupChoice groups;

  /// Where the search for a zone to close goes on (D14).
  private int closeCursor;

  private boolean ended;
  private volatile boolean readOnly;

  ZonefsZones(Geometry geometry, List<ZoneLine> lines, boolean readOnly) {
    this.geometry = geometry;
    this.lines = lines;
    this.readOnly = readOnly;
    groups = new GroupChoice(geometry, lines, slots);
    for (ZoneLine line : lines) {
      slots.add(line.state);
    }
  }

  Geometry geometry() {
    return geometry;
  }

  ZoneLine line(int zone) {
    return lines.get(zone);
  }

  /// Whether nothing can be changed: so mounted, so opened, or so become after an error (Z4).
  boolean isReadOnly() {
    return readOnly;
  }

  void becomeReadOnly() {
    readOnly = true;
  }

  ZoneReport report(int zone) {
    lock.lock();
    try {
      return line(zone).report(geometry.zoneCapacityBlocks());
    } finally {
      lock.unlock();
    }
  }

  /// Whether blocks can be read: all of them below the pointer (D5).
  @Nullable ZoneFailure readable(long address, long blocks) {
    long readable = line(ZoneAddress.zone(address)).readableBlocks;
    if (readable == ZoneLine.GONE) {
      return ZoneFailure.OFFLINE;
    }
    return blocks > readable - ZoneAddress.block(address) ? ZoneFailure.UNWRITTEN : null;
  }

  /// Puts all that a ring has queued into the lines. An append to a group (S2) joins that of
  /// whichever zone has room; where none has, it is delivered at once.
  void joinAll(InboxRing ring) {
    lock.lock();
    try {
      for (ZoneTask task = ring.firstQueued(); task != null; task = ring.firstQueued()) {
        ZoneAction action = task.action;
        if (action == ZoneAction.FINISH || action == ZoneAction.RESET) {
          checkQuiet(line(task.zone));
        }
        ring.removeQueued(task);
        ZoneGroup group = task.group;
        if (group == null) {
          enter(task, line(task.zone));
        } else {
          enterAny(task, group);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void enterAny(ZoneTask task, ZoneGroup group) {
    int zone = groups.choose(group, task.groupStart, task.blocks);
    if (zone == GroupChoice.NONE) {
      task.failure = groups.failure();
      task.deliver();
    } else {
      enter(task, line(zone));
    }
  }

  /// Requires: nothing in flight to the zone (D17, D18).
  private static void checkQuiet(ZoneLine line) {
    if (line.inFlight != 0) {
      throw new AssertionError(
          "zone "
              + line.zone
              + " is to be finished or reset with "
              + line.inFlight
              + " writes in flight");
    }
  }

  private void enter(ZoneTask task, ZoneLine line) {
    if (task.action == null) {
      line.inFlight++;
      line.queuedBlocks += task.blocks;
    }
    line.join(task);
    if (line.turn == ZoneLine.Turn.IDLE) {
      makeReady(line);
    }
  }

  private void makeReady(ZoneLine line) {
    line.turn = ZoneLine.Turn.READY;
    ready.addLast(line);
    lineIsReady.signal();
  }

  /// Waits for a line that is ready, and decides what is to be done there.
  ///
  /// @return false where the device has been closed
  boolean next(Round round) {
    lock.lock();
    try {
      while (true) {
        ZoneLine line = ready.pollFirst();
        if (line == null) {
          if (ended) {
            return false;
          }
          lineIsReady.awaitUninterruptibly();
        } else {
          line.turn = ZoneLine.Turn.RUNNING;
          round.begin(line);
          if (decide(line, round)) {
            return true;
          }
          line.turn = ZoneLine.Turn.WANTS_SLOT;
          wantingSlot.addLast(line);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /// Answers false where the line must wait for a slot, and nothing was decided.
  private boolean decide(ZoneLine line, Round round) {
    for (ZoneTask task = line.first(); task != null; task = line.first()) {
      if (task.action != null) {
        // An action is a round of its own.
        return round.count() > 0 || decideAction(line, round, task);
      }
      if (!round.takes(task)) {
        return true;
      }
      long at = line.pointerBlocks + round.blocks();
      ZoneFailure refusal = refusal(line, at, task);
      if (refusal == null && !line.state.isOpen()) {
        long block = task.block == ZoneTask.ANYWHERE ? at : task.block;
        switch (takeSlot(line, round, new ZoneCommand.Write(block, task.blocks))) {
          case ZoneTransition.Refused(ZoneFailure why) -> refusal = why;
          case ZoneTransition.Moved _ -> slots.move(line, ZoneState.IMPLICITLY_OPEN);
          case null -> {
            return false;
          }
        }
      }
      line.removeFirst(task);
      if (refusal == null) {
        round.add(task);
      } else {
        refuse(line, task, refusal);
      }
    }
    return true;
  }

  private @Nullable ZoneFailure refusal(ZoneLine line, long at, ZoneTask task) {
    boolean isFilled = line.state.isOpen() && at == geometry.zoneCapacityBlocks();
    ZoneState state = isFilled ? ZoneState.FULL : line.state;
    long block = task.block == ZoneTask.ANYWHERE ? at : task.block;
    return ZoneStateMachine.refusal(geometry, state, at, block, task.blocks);
  }

  /// What the state machine says; null where another zone must be closed and none can be now.
  private @Nullable ZoneTransition takeSlot(ZoneLine line, Round round, ZoneCommand command) {
    ZoneTransition transition =
        ZoneStateMachine.apply(geometry, slots.counts(), line.state, line.pointerBlocks, command);
    if (transition instanceof ZoneTransition.Moved moved && moved.closesAnother()) {
      ZoneLine other = zoneToClose();
      if (other == null) {
        return null;
      }
      ready.remove(other);
      other.turn = ZoneLine.Turn.RUNNING;
      slots.move(other, ZoneState.CLOSED);
      round.toClose = other;
    }
    return transition;
  }

  private @Nullable ZoneLine zoneToClose() {
    for (int i = 0; i < lines.size(); i++) {
      ZoneLine line = lines.get((closeCursor + i) % lines.size());
      boolean served = line.turn == ZoneLine.Turn.RUNNING;
      if (line.state == ZoneState.IMPLICITLY_OPEN && !served) {
        closeCursor = line.zone + 1;
        return line;
      }
    }
    return null;
  }

  private void refuse(ZoneLine line, ZoneTask task, ZoneFailure refusal) {
    leave(line, task);
    ZoneGroup group = task.group;
    if (group == null) {
      task.failure = refusal;
      task.deliver();
    } else {
      enterAny(task, group);
    }
  }

  private static void leave(ZoneLine line, ZoneTask task) {
    line.inFlight--;
    line.queuedBlocks -= task.blocks;
  }

  private boolean decideAction(ZoneLine line, Round round, ZoneTask task) {
    ZoneCommand command =
        switch (task.action) {
          case OPEN -> new ZoneCommand.Open();
          case CLOSE -> new ZoneCommand.Close();
          case FINISH -> new ZoneCommand.Finish();
          case RESET -> new ZoneCommand.Reset();
          case null -> throw new AssertionError("an action without an action");
        };
    switch (takeSlot(line, round, command)) {
      case ZoneTransition.Refused(ZoneFailure why) -> {
        line.removeFirst(task);
        task.failure = why;
        task.deliver();
      }
      case ZoneTransition.Moved(ZoneState state, long _, boolean _) -> {
        line.removeFirst(task);
        round.action = task;
        round.stateAfterAction = state;
        if (state.isOpen()) {
          // Held from now on: while the file is being opened, others decide about slots.
          slots.move(line, state);
        }
      }
      case null -> {
        return false;
      }
    }
    return true;
  }

  /// A reader by which everything can be synced: a sync of any file flushes the whole device.
  /// zonefs syncs no file that it has made read only, so that another must do.
  ///
  /// @param zone the zone to begin with
  /// @param attempt how many have been tried
  @Nullable RingFile syncable(int zone, int attempt) {
    lock.lock();
    try {
      RingFile last = null;
      int skip = attempt;
      for (int i = 0; i < lines.size() && skip >= 0; i++) {
        ZoneLine line = line((zone + i) % lines.size());
        if (line.state != ZoneState.READ_ONLY && line.state != ZoneState.OFFLINE) {
          last = line.reader;
          skip--;
        }
      }
      return last;
    } finally {
      lock.unlock();
    }
  }

  /// A zone that had to make room is closed.
  void closed(ZoneLine line) {
    lock.lock();
    try {
      endTurn(line);
    } finally {
      lock.unlock();
    }
  }

  /// The round's write is on the device: its tasks get their addresses.
  void written(Round round) {
    lock.lock();
    try {
      ZoneLine line = round.line;
      long at = line.pointerBlocks;
      for (int i = 0; i < round.count(); i++) {
        ZoneTask task = round.task(i);
        task.landedAt = ZoneAddress.of(line.zone, at);
        at += task.blocks;
        leave(line, task);
      }
      line.pointerBlocks = at;
      line.readableBlocks = at;
      line.writtenBefore = true;
      slots.move(line, ZoneStateMachine.stateAfter(geometry, line.state, at));
      endTurn(line);
    } finally {
      lock.unlock();
    }
  }

  /// The round's write has failed.
  ///
  /// @param state what the zone is from now on
  /// @param pointerBlocks where its pointer is
  void notWritten(Round round, ZoneFailure why, ZoneState state, long pointerBlocks) {
    lock.lock();
    try {
      for (int i = 0; i < round.count(); i++) {
        ZoneTask task = round.task(i);
        task.failure = why;
        leave(round.line, task);
      }
      stand(round.line, state, pointerBlocks);
      endTurn(round.line);
    } finally {
      lock.unlock();
    }
  }

  /// The round's action has been carried out or has failed; or it had none, and no write.
  ///
  /// @param state what the zone is from now on
  /// @param readableBlocks how far it can be read
  void acted(Round round, @Nullable ZoneFailure why, ZoneState state, long readableBlocks) {
    lock.lock();
    try {
      ZoneTask action = round.action;
      if (action != null) {
        action.failure = why;
        stand(round.line, state, readableBlocks);
      }
      endTurn(round.line);
    } finally {
      lock.unlock();
    }
  }

  private void stand(ZoneLine line, ZoneState state, long pointerBlocks) {
    slots.move(line, state);
    line.pointerBlocks = pointerBlocks;
    line.readableBlocks = state == ZoneState.OFFLINE ? ZoneLine.GONE : pointerBlocks;
  }

  /// Lines that want a slot come first: the zone that was served may be the one to close for them.
  private void endTurn(ZoneLine line) {
    while (!wantingSlot.isEmpty()) {
      ZoneLine wanting = wantingSlot.removeLast();
      wanting.turn = ZoneLine.Turn.READY;
      ready.addFirst(wanting);
      lineIsReady.signal();
    }
    if (line.first() == null) {
      line.turn = ZoneLine.Turn.IDLE;
    } else {
      makeReady(line);
    }
  }

  /// Lets the writer threads go, after what is ready has been served.
  void end() {
    lock.lock();
    try {
      ended = true;
      lineIsReady.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
