package io.zapkv.zns.zonefs;

import io.zapkv.ring.Errno;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.SystemCallException;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/// The threads that serve the lines of zones: every call that changes a zone is made here.
///
/// **Threading.** A line is served by one thread at a time, and its file for writing belongs to it
/// meanwhile.
///
/// **Failures.** None comes out of here but through a task.
final class ZoneWriters {
  /// A write that had no effect for a passing reason is made again so many times.
  private static final int RETRIES_MAX = 16;

  private final ZonefsMount mount;
  private final ZonefsZones zones;
  private final Geometry geometry;
  private final int gatherMax;
  private final List<Thread> threads = new ArrayList<>();

  private ZoneWriters(ZonefsMount mount, ZonefsZones zones, int gatherMax) {
    this.mount = mount;
    this.zones = zones;
    this.gatherMax = gatherMax;
    geometry = zones.geometry();
  }

  /// Starts the threads.
  ///
  /// @param gatherMax the most appends of one write
  /// @param threadCount how many zones can be written at once
  static ZoneWriters start(
      ZonefsMount mount, ZonefsZones zones, int gatherMax, int threadCount, ThreadFactory factory) {
    ZoneWriters writers = new ZoneWriters(mount, zones, gatherMax);
    for (int i = 0; i < threadCount; i++) {
      Thread thread = factory.newThread(writers::work);
      thread.setName("zap-zonefs-" + i);
      thread.setDaemon(true);
      writers.threads.add(thread);
      thread.start();
    }
    return writers;
  }

  /// One of the threads, to ask whether it may use a buffer.
  Thread anyThread() {
    return threads.getFirst();
  }

  private void work() {
    Round round = new Round(gatherMax, zones.line(0));
    while (zones.next(round)) {
      if (round.toClose != null) {
        closeWriter(round.toClose);
        zones.closed(round.toClose);
      }
      if (round.action != null) {
        act(round, round.action);
      } else if (round.count() > 0) {
        write(round);
      } else {
        zones.acted(round, null, round.stateBefore, 0);
      }
      round.deliver();
    }
  }

  private void write(Round round) {
    ZoneLine line = round.line;
    int errno = openWriter(line);
    if (errno != 0) {
      notOpened(round, errno);
      return;
    }
    long result = transfer(round);
    if (result != round.bytes()) {
      failed(round, result < 0 ? (int) -result : Errno.EIO);
      return;
    }
    if (line.pointerBlocks + round.blocks() == geometry.zoneCapacityBlocks()) {
      // Its slot is free as soon as the state says so; so the descriptor must be gone by then (Z5).
      closeWriter(line);
    }
    zones.written(round);
  }

  private long transfer(Round round) {
    RingFile file = round.line.writer;
    if (file == null) {
      throw new AssertionError("a zone is written that is not open");
    }
    long offsetBytes = round.line.pointerBlocks * geometry.blockBytes();
    for (int attempt = 0; ; attempt++) {
      long result = writeOnce(file, offsetBytes, round);
      boolean passing = result < 0 && Errno.isTransient((int) -result);
      if (!passing || attempt == RETRIES_MAX) {
        return result;
      }
    }
  }

  /// A buffer that its owner freed too early fails its gather, and not the thread that all depend
  /// on.
  private static long writeOnce(RingFile file, long offsetBytes, Round round) {
    try {
      return round.count() == 1
          ? file.write(offsetBytes, round.buffers[0])
          : file.writev(offsetBytes, round.buffers, round.count());
    } catch (RuntimeException _) {
      return -Errno.EFAULT;
    }
  }

  /// The zone could not be opened: nothing was written, and it stays what it was.
  private void notOpened(Round round, int errno) {
    ZoneLine line = round.line;
    ZoneFailure failure = ZonefsErrors.ofOpen(errno);
    ZoneState state = round.stateBefore;
    if (failure == ZoneFailure.READ_ONLY) {
      state = stateAfterRefusal(line, errno, state);
    }
    finishFailed(round, failure, state, line.pointerBlocks);
  }

  /// A11: nobody relies on the pointer before the file has been looked at again. What cannot be
  /// relied on any more is finished, or only read from now on.
  private void failed(Round round, int errno) {
    ZoneLine line = round.line;
    ZoneFileStatus status = statusOrNull(line.zone);
    if (status == null) {
      closeWriter(line);
      finishFailed(round, ZoneFailure.TRANSPORT, ZoneState.READ_ONLY, line.pointerBlocks);
      return;
    }
    long pointerBlocks = status.sizeBytes() / geometry.blockBytes();
    boolean unmoved = pointerBlocks == line.pointerBlocks;
    if (errno == Errno.EROFS) {
      zones.becomeReadOnly();
    }
    ZoneState state = status.state();
    ZoneFailure failure =
        state == ZoneState.OFFLINE ? ZoneFailure.OFFLINE : ZonefsErrors.ofWrite(errno, unmoved);
    boolean canBeWritten = state != ZoneState.READ_ONLY && state != ZoneState.OFFLINE;
    boolean isUnharmed = canBeWritten && unmoved && ZonefsErrors.leavesTheZoneAlone(errno);
    if (!isUnharmed || !round.stateBefore.isOpen()) {
      closeWriter(line);
    }
    if (isUnharmed) {
      state = round.stateBefore;
    } else if (canBeWritten) {
      state = seal(line.zone);
    }
    finishFailed(round, failure, state, pointerBlocks);
  }

  private void finishFailed(Round round, ZoneFailure failure, ZoneState state, long pointer) {
    if (round.action == null) {
      zones.notWritten(round, failure, state, pointer);
    } else {
      zones.acted(round, failure, state, pointer);
    }
  }

  /// Makes a zone full where it stands; one that cannot even be finished is only read.
  private ZoneState seal(int zone) {
    return mount.truncate(zone, geometry.zoneCapacityBytes()) == 0
        ? ZoneState.FULL
        : ZoneState.READ_ONLY;
  }

  private void act(Round round, ZoneTask task) {
    ZoneLine line = round.line;
    ZoneAction action = task.action;
    int errno =
        switch (action) {
          case OPEN -> openWriter(line);
          case CLOSE -> {
            closeWriter(line);
            yield 0;
          }
          case FINISH -> truncate(line, geometry.zoneCapacityBytes());
          case RESET -> truncate(line, 0);
          case null -> throw new AssertionError("an action without an action");
        };
    if (errno == 0) {
      long pointerBlocks = action == ZoneAction.RESET ? 0 : line.pointerBlocks;
      zones.acted(round, null, round.stateAfterAction, pointerBlocks);
    } else if (action == ZoneAction.OPEN) {
      notOpened(round, errno);
    } else {
      notTruncated(round, errno);
    }
  }

  /// The descriptor goes first: with it zonefs would open the zone again, to close it at the end.
  private int truncate(ZoneLine line, long lengthBytes) {
    closeWriter(line);
    return -mount.truncate(line.zone, lengthBytes);
  }

  private void notTruncated(Round round, int errno) {
    ZoneLine line = round.line;
    ZoneFailure failure = ZonefsErrors.ofTruncate(errno);
    ZoneFileStatus status = statusOrNull(line.zone);
    if (errno == Errno.EROFS) {
      zones.becomeReadOnly();
    }
    if (status == null) {
      zones.acted(round, failure, ZoneState.READ_ONLY, line.pointerBlocks);
      return;
    }
    ZoneState state = status.state();
    if (state != ZoneState.READ_ONLY && state != ZoneState.OFFLINE) {
      if (errno == Errno.EPERM) {
        failure = ZoneFailure.INVALID_TRANSITION;
      } else if (errno == Errno.EIO) {
        // zonefs looks at a zone after a failed write, and not after this: a zone that the device
        // has made read only still looks as it did before.
        state = ZoneState.READ_ONLY;
      }
    }
    // Of a finished zone the file shows the capacity, and not where the data end.
    long pointerBlocks =
        round.stateBefore == ZoneState.FULL && state == ZoneState.FULL
            ? line.pointerBlocks
            : status.sizeBytes() / geometry.blockBytes();
    zones.acted(round, failure, state, pointerBlocks);
  }

  private ZoneState stateAfterRefusal(ZoneLine line, int errno, ZoneState before) {
    if (errno == Errno.EROFS) {
      zones.becomeReadOnly();
    }
    ZoneFileStatus status = statusOrNull(line.zone);
    if (status == null) {
      return ZoneState.READ_ONLY;
    }
    ZoneState state = status.state();
    return state == ZoneState.READ_ONLY || state == ZoneState.OFFLINE ? state : before;
  }

  private @Nullable ZoneFileStatus statusOrNull(int zone) {
    try {
      return mount.status(zone);
    } catch (SystemCallException _) {
      return null;
    }
  }

  private int openWriter(ZoneLine line) {
    if (line.writer != null) {
      return 0;
    }
    try {
      line.writer = mount.open(line.zone, true);
      return 0;
    } catch (SystemCallException e) {
      return e.errno();
    }
  }

  private static void closeWriter(ZoneLine line) {
    RingFile file = line.writer;
    line.writer = null;
    if (file != null) {
      file.close();
    }
  }

  /// Ends the threads and closes all files opened for writing. Requires: no queue is open.
  void close() {
    zones.end();
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    }
    for (int zone = 0; zone < geometry.zones(); zone++) {
      closeWriter(zones.line(zone));
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
