package io.zapkv.sim;

import io.zapkv.api.Cursor;
import io.zapkv.api.Durability;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.api.Snapshot;
import io.zapkv.api.WriteBatch;
import io.zapkv.api.ZapException;
import io.zapkv.api.ZapStore;
import io.zapkv.sim.oracle.Oracle;
import io.zapkv.sim.oracle.Oracle.Window;
import io.zapkv.sim.oracle.Values;
import io.zapkv.sim.oracle.Violation;
import io.zapkv.sim.plan.Step;
import io.zapkv.sim.plan.Step.Change;
import io.zapkv.sim.world.FaultClass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One user of a store: does its steps one after the other, and has each answer judged.
final class Client implements Runnable {
  private final int number;
  private final List<Step> steps;
  private final ZapStore store;
  private final Oracle oracle;
  private final LifeState life;
  private @Nullable Snapshot snapshot;
  private @Nullable Window snapshotWindow;
  private @Nullable List<byte[][]> snapshotEntries;
  private boolean mayWrite = true;

  Client(int number, List<Step> steps, ZapStore store, Oracle oracle, LifeState life) {
    this.number = number;
    this.steps = steps;
    this.store = store;
    this.oracle = oracle;
    this.life = life;
  }

  @Override
  public void run() {
    try {
      for (Step step : steps) {
        if (life.isOver()) {
          break;
        }
        life.note(step.toString().hashCode() * 31L + number);
        take(step);
      }
    } finally {
      release();
    }
  }

  private void take(Step step) {
    switch (step) {
      case Step.Write write -> write(write);
      case Step.Get(int key) -> get(key);
      case Step.Scan(boolean forward) -> scan(forward);
      case Step.Plain plain -> {
        switch (plain) {
          case SNAPSHOT -> takeSnapshot();
          case LOOK -> look();
          case RELEASE -> release();
          case FLUSH -> makeDurable(store::flush);
          case COMPACT -> makeDurable(store::compact);
        }
      }
    }
  }

  private void write(Step.Write write) {
    if (!mayWrite) {
      return;
    }
    int value = oracle.nextNumber(number);
    oracle.begin(number, write.changes());
    try {
      send(write, value);
      if (!life.isOver()) {
        oracle.acknowledge(number, write.durability() == Durability.DURABLE);
        life.note(value);
      }
    } catch (ZapException | OutOfMemoryError e) {
      life.judge(e);
      settle(write.changes());
    }
  }

  private void send(Step.Write write, int value) {
    Change only = write.changes().getFirst();
    boolean isBatch = write.changes().size() > 1;
    if (!isBatch && only.valueBytes() >= 0) {
      byte[] bytes = Values.value(number, only.key(), value, only.valueBytes());
      store.put(Values.key(number, only.key()), bytes, write.durability());
      return;
    }
    if (!isBatch && write.durability() == Durability.BUFFERED) {
      store.delete(Values.key(number, only.key()));
      return;
    }
    WriteBatch batch = new WriteBatch();
    for (Change change : write.changes()) {
      byte[] key = Values.key(number, change.key());
      if (change.valueBytes() < 0) {
        batch.delete(key);
      } else {
        batch.put(key, Values.value(number, change.key(), value, change.valueBytes()));
      }
    }
    store.write(batch, write.durability());
  }

  /// A write failed: it has happened or not, and from now on it stays so.
  private void settle(List<Change> changes) {
    if (life.isDamaged()) {
      mayWrite = false;
      return;
    }
    try {
      for (int i = changes.size() - 1; i >= 0 && !life.isOver(); i--) {
        int key = changes.get(i).key();
        Boolean shows = oracle.showsLast(number, key, store.get(Values.key(number, key)));
        if (life.isOver()) {
          return;
        }
        if (shows != null) {
          if (!shows) {
            oracle.takeBack(number);
          }
          return;
        }
      }
    } catch (ZapException | OutOfMemoryError e) {
      life.judge(e);
      mayWrite = false; // nobody can tell: it stays begun, and is the last
    }
  }

  private void get(int key) {
    try {
      byte[] found = store.get(Values.key(number, key));
      if (!life.isOver()) {
        life.note(Arrays.hashCode(found));
        if (mayWrite) { // else nobody can tell what the last write did
          life.check(() -> oracle.checkOwn(number, key, found));
        }
      }
    } catch (ZapException | OutOfMemoryError e) {
      life.judge(e);
    }
  }

  private void scan(boolean forward) {
    int[] least = oracle.acked();
    try (Cursor cursor = store.cursor()) {
      Window window = window(least);
      List<byte[][]> found = readAll(cursor, forward);
      if (!life.isOver()) {
        life.check(() -> oracle.checkPrefix("O1", found, window));
      }
    } catch (ZapException | OutOfMemoryError e) {
      life.judge(e);
    }
  }

  /// What a view that was asked for when `least` was acknowledged may show; of the client itself
  /// exactly what it has written.
  private Window window(int[] least) {
    int[] most = oracle.issued();
    int[] fewest = least.clone();
    fewest[number] = mayWrite ? most[number] : fewest[number];
    return new Window(fewest, most);
  }

  static List<byte[][]> readAll(Cursor cursor, boolean forward) {
    List<byte[][]> found = new ArrayList<>();
    if (forward) {
      for (cursor.first(); cursor.isValid(); cursor.next()) {
        found.add(new byte[][] {cursor.key(), cursor.value()});
      }
    } else {
      for (cursor.last(); cursor.isValid(); cursor.prev()) {
        found.addFirst(new byte[][] {cursor.key(), cursor.value()});
      }
    }
    for (int i = 1; i < found.size(); i++) {
      if (Arrays.compareUnsigned(found.get(i - 1)[0], found.get(i)[0]) >= 0) {
        throw new Violation("O1", "a cursor showed keys that are not in order");
      }
    }
    return found;
  }

  private void takeSnapshot() {
    release();
    int[] least = oracle.acked();
    try {
      snapshot = store.snapshot();
      snapshotWindow = window(least);
      snapshotEntries = null;
    } catch (ZapException | OutOfMemoryError e) {
      life.judge(e);
    }
  }

  private void look() {
    Snapshot at = snapshot;
    Window window = snapshotWindow;
    if (at == null || window == null) {
      return;
    }
    try (Cursor cursor = store.cursor(at)) {
      List<byte[][]> found = readAll(cursor, true);
      if (life.isOver()) {
        return;
      }
      List<byte[][]> before = snapshotEntries;
      if (before == null) {
        life.check(() -> oracle.checkPrefix("O1", found, window));
        snapshotEntries = found;
      } else if (!same(before, found)) {
        throw new Violation(
            "O1", "a snapshot of client " + number + " shows other entries than before");
      }
      if (!found.isEmpty()) {
        byte[][] entry = found.get(found.size() / 2);
        if (!Arrays.equals(entry[1], store.get(entry[0], at)) && !life.isOver()) {
          throw new Violation("O1", "get and cursor differ at one snapshot");
        }
      }
    } catch (ZapException | OutOfMemoryError e) {
      life.judge(e);
    }
  }

  private static boolean same(List<byte[][]> one, List<byte[][]> other) {
    if (one.size() != other.size()) {
      return false;
    }
    for (int i = 0; i < one.size(); i++) {
      if (!Arrays.equals(one.get(i)[0], other.get(i)[0])
          || !Arrays.equals(one.get(i)[1], other.get(i)[1])) {
        return false;
      }
    }
    return true;
  }

  private void release() {
    Snapshot held = snapshot;
    snapshot = null;
    if (held != null) {
      held.close();
    }
  }

  private void makeDurable(Runnable action) {
    int[] before = oracle.acked();
    try {
      action.run();
      if (!life.isOver()) {
        oracle.durableTo(before);
        life.note(17);
      }
    } catch (OutOfSpaceException e) {
      life.coverage().hit(FaultClass.F23);
    } catch (ZapException | OutOfMemoryError e) {
      life.judge(e);
    }
  }
}
