package io.zapkv.compat;

import io.zapkv.api.Durability;
import io.zapkv.api.KeyRange;
import io.zapkv.bench.target.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Plays a script on several stores at once and compares every answer with the first store's.
///
/// When the script has ended, everything is read forwards and backwards.
///
/// **Failures.** A store that throws has answered with what it threw.
public final class DifferentialRunner {
  private final List<Supplier<Target>> openers;

  /// @param openers opens each store, the one that is believed first; called again to reopen it,
  ///   when it finds what it held
  public DifferentialRunner(List<Supplier<Target>> openers) {
    this.openers = List.copyOf(openers);
  }

  /// Plays a script from stores as they are.
  ///
  /// @return the first answer that differs, or null where none does
  public @Nullable Divergence run(List<Op> ops) {
    List<Player> players = openers.stream().map(Player::new).toList();
    try {
      for (int step = 0; step < ops.size(); step++) {
        Divergence divergence = compare(players, step, ops.get(step));
        if (divergence != null) {
          return divergence;
        }
      }
      for (Op sweep : sweeps()) {
        Divergence divergence = compare(players, ops.size(), sweep);
        if (divergence != null) {
          return divergence;
        }
      }
      return null;
    } finally {
      players.forEach(Player::close);
    }
  }

  /// More steps than any script leaves keys: a walk ends where it is no longer valid.
  private static List<Op> sweeps() {
    List<Op.Move> up = new ArrayList<>();
    List<Op.Move> down = new ArrayList<>();
    up.add(new Op.Move.First());
    down.add(new Op.Move.Last());
    for (int i = 0; i < 1000; i++) {
      up.add(new Op.Move.Next());
      down.add(new Op.Move.Prev());
    }
    return List.of(new Op.Walk(null, null, null, up), new Op.Walk(null, null, null, down));
  }

  private static @Nullable Divergence compare(List<Player> players, int step, Op op) {
    String expected = players.getFirst().answer(op);
    for (Player player : players.subList(1, players.size())) {
      String got = player.answer(op);
      if (!got.equals(expected)) {
        return new Divergence(step, op, player.target.name(), expected, got);
      }
    }
    return null;
  }

  /// Where a store first said something else than the one that is believed.
  ///
  /// @param step index of the operation; one past the last means the final reading of everything
  /// @param op the operation
  /// @param store which store
  /// @param expected what the first store answered
  /// @param got what this one answered
  public record Divergence(int step, Op op, String store, String expected, String got) {
    @Override
    public String toString() {
      return "step %d, %s%n  expected %s%n  %s said %s"
          .formatted(step, OpScript.print(op), expected, store, got);
    }
  }

  /// One store with the snapshots that a script holds on it.
  private static final class Player {
    private final Supplier<Target> opener;
    private final Map<Integer, Target.View> views = new HashMap<>();
    private Target target;

    Player(Supplier<Target> opener) {
      this.opener = opener;
      this.target = opener.get();
    }

    String answer(Op op) {
      try {
        return play(op);
      } catch (RuntimeException | AssertionError e) {
        return "threw " + e;
      }
    }

    private String play(Op op) {
      switch (op) {
        case Op.Put(Data key, Data value) ->
            target.put(key.bytes(), value.bytes(), Durability.BUFFERED);
        case Op.Delete(Data key) -> target.delete(key.bytes());
        case Op.Batch(List<Op.Change> changes) -> write(changes);
        case Op.Get(Data key, Integer snapshot) -> {
          return get(key.bytes(), snapshot);
        }
        case Op.Take(int snapshot) -> {
          release(snapshot);
          views.put(snapshot, target.view());
        }
        case Op.Release(int snapshot) -> release(snapshot);
        case Op.Walk walk -> {
          return walk(walk);
        }
        case Op.Flush() -> target.flush();
        case Op.Compact() -> target.compact();
        case Op.Reopen() -> reopen();
      }
      return "done";
    }

    private void write(List<Op.Change> changes) {
      try (Target.Batch batch = target.batch()) {
        for (Op.Change change : changes) {
          switch (change) {
            case Op.Put(Data key, Data value) -> batch.put(key.bytes(), value.bytes());
            case Op.Delete(Data key) -> batch.delete(key.bytes());
          }
        }
        batch.write(Durability.BUFFERED);
      }
    }

    private String get(byte[] key, @Nullable Integer snapshot) {
      if (snapshot == null) {
        return print(target.get(key));
      }
      Target.View view = views.get(snapshot);
      return view == null ? "no snapshot" : print(target.get(key, view));
    }

    private String walk(Op.Walk op) {
      Integer snapshot = op.snapshot();
      Target.View view = snapshot == null ? null : views.get(snapshot);
      if (snapshot != null && view == null) {
        return "no snapshot";
      }
      KeyRange range = op.range();
      StringBuilder answer = new StringBuilder();
      try (Target.Walk walk = target.walk(range, view)) {
        boolean wasValid = true;
        for (Op.Move move : op.moves()) {
          move(walk, move);
          boolean valid = walk.isValid();
          if (valid) {
            answer.append(print(walk.key())).append('=').append(print(walk.value())).append(' ');
          } else if (wasValid) {
            answer.append("end ");
          }
          wasValid = valid;
        }
      }
      return answer.toString();
    }

    private static void move(Target.Walk walk, Op.Move move) {
      switch (move) {
        case Op.Move.First() -> walk.first();
        case Op.Move.Last() -> walk.last();
        case Op.Move.Next() -> {
          if (walk.isValid()) {
            walk.next();
          }
        }
        case Op.Move.Prev() -> {
          if (walk.isValid()) {
            walk.prev();
          }
        }
        case Op.Move.Seek(Data key) -> walk.seek(key.bytes());
        case Op.Move.SeekForPrev(Data key) -> walk.seekForPrev(key.bytes());
      }
    }

    private void release(int snapshot) {
      Target.View view = views.remove(snapshot);
      if (view != null) {
        view.close();
      }
    }

    private void reopen() {
      close();
      target = opener.get();
    }

    void close() {
      views.values().forEach(Target.View::close);
      views.clear();
      target.close();
    }

    private static String print(byte @Nullable [] bytes) {
      if (bytes == null) {
        return "nothing";
      }
      String hex = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 40));
      // A long value is told by its beginning, its length and its hash.
      return bytes.length <= 40
          ? "'" + hex + "'"
          : "'" + hex + "…' (%d, %08x)".formatted(bytes.length, java.util.Arrays.hashCode(bytes));
    }
  }
}
