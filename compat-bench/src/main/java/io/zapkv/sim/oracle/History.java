package io.zapkv.sim.oracle;

import io.zapkv.sim.plan.Step.Change;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What one client has written: the state that was seen at the last opening, and the writes since,
/// one after the other.
final class History {
  /// A value, by the write that made it.
  record Held(int write, int length) {}

  /// A write.
  static final class Written {
    private final int number; // of all of this client, ever
    private final List<Change> changes;
    private final int[] ackedBefore; // of each client, when this one began

    Written(int number, List<Change> changes, int[] ackedBefore) {
      this.number = number;
      this.changes = changes;
      this.ackedBefore = ackedBefore;
    }

    int ackedBefore(int client) {
      return ackedBefore[client];
    }
  }

  private final int client;
  private Map<Integer, Held> base = new TreeMap<>();
  private final List<Written> writes = new ArrayList<>();
  private final TreeMap<Integer, Held> now = new TreeMap<>();
  private int numbers;
  private int acked;
  private int durable;

  History(int client) {
    this.client = client;
  }

  int issued() {
    return writes.size();
  }

  int acked() {
    return acked;
  }

  int durable() {
    return durable;
  }

  int nextNumber() {
    return numbers;
  }

  void begin(List<Change> changes, int[] ackedBefore) {
    Written write = new Written(numbers++, changes, ackedBefore);
    writes.add(write);
    apply(now, write);
  }

  void acknowledge(boolean isDurable) {
    acked = writes.size();
    if (isDurable) {
      durable = acked;
    }
  }

  void durableTo(int count) {
    durable = Math.max(durable, count);
  }

  /// The last write has not happened.
  void takeBack() {
    writes.removeLast();
    now.clear();
    now.putAll(stateAt(writes.size()));
  }

  @Nullable Held now(int key) {
    return now.get(key);
  }

  Written write(int index) {
    return writes.get(index);
  }

  Map<Integer, Held> stateAt(int count) {
    Map<Integer, Held> state = new TreeMap<>(base);
    for (int i = 0; i < count; i++) {
      apply(state, writes.get(i));
    }
    return state;
  }

  private static void apply(Map<Integer, Held> state, Written write) {
    for (Change change : write.changes) {
      if (change.valueBytes() < 0) {
        state.remove(change.key());
      } else {
        state.put(change.key(), new Held(write.number, change.valueBytes()));
      }
    }
  }

  boolean matches(int key, @Nullable Held held, byte @Nullable [] found) {
    if (held == null || found == null) {
      return held == null && found == null;
    }
    return found.length == held.length()
        && Arrays.equals(found, Values.value(client, key, held.write(), held.length()));
  }

  /// The numbers of writes, of those from `least` to `most`, after which exactly `found` was there.
  List<Integer> prefixes(Map<Integer, byte[]> found, int least, int mostThen) {
    int most = Math.min(mostThen, writes.size()); // one that was begun then may have failed since
    Map<Integer, Held> state = stateAt(least);
    Set<Integer> wrong = new HashSet<>();
    Set<Integer> keys = new HashSet<>(state.keySet());
    keys.addAll(found.keySet());
    for (int key : keys) {
      judge(key, state, found, wrong);
    }
    List<Integer> fitting = new ArrayList<>();
    for (int count = least; ; count++) {
      if (wrong.isEmpty()) {
        fitting.add(count);
      }
      if (count == most) {
        return fitting;
      }
      Written next = writes.get(count);
      apply(state, next);
      for (Change change : next.changes) {
        judge(change.key(), state, found, wrong);
      }
    }
  }

  private void judge(
      int key, Map<Integer, Held> state, Map<Integer, byte[]> found, Set<Integer> wrong) {
    if (matches(key, state.get(key), found.get(key))) {
      wrong.remove(key);
    } else {
      wrong.add(key);
    }
  }

  /// Whether a key may hold this after some number of writes from `least` to `most`.
  boolean allows(int key, byte @Nullable [] found, int least, int mostThen) {
    int most = Math.min(mostThen, writes.size());
    Map<Integer, Held> state = stateAt(least);
    if (matches(key, state.get(key), found)) {
      return true;
    }
    for (int count = least; count < most; count++) {
      apply(state, writes.get(count));
      if (matches(key, state.get(key), found)) {
        return true;
      }
    }
    return false;
  }

  /// All that became of a key, for a report.
  String story(int key) {
    StringBuilder text = new StringBuilder("at first " + base.get(key));
    for (int i = 0; i < writes.size(); i++) {
      for (Change change : writes.get(i).changes) {
        if (change.key() == key) {
          text.append("; write ").append(i + 1).append(" of ").append(writes.size());
          text.append(" to ").append(change.valueBytes()).append(" bytes");
        }
      }
    }
    return text.toString();
  }

  /// How `found` differs from the state after `count` writes.
  String difference(Map<Integer, byte[]> found, int count) {
    Map<Integer, Held> state = stateAt(count);
    Set<Integer> keys = new TreeSet<>(state.keySet());
    keys.addAll(found.keySet());
    StringBuilder text = new StringBuilder();
    int told = 0;
    for (int key : keys) {
      Held held = state.get(key);
      byte[] value = found.get(key);
      if (!matches(key, held, value) && told++ < 8) {
        text.append("\n  key ").append(key).append(" expected ").append(held).append(", found ");
        text.append(value == null ? "nothing" : Values.describe(value));
      }
    }
    return told + " keys differ" + text;
  }

  /// From now on what is there after `count` writes is all there ever was.
  void restart(int count) {
    base = stateAt(count);
    writes.clear();
    now.clear();
    now.putAll(base);
    acked = 0;
    durable = 0;
  }
}
