package io.zapkv.compat;

import io.zapkv.bench.target.Target;
import java.util.ArrayList;
import java.util.List;
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
    List<ScriptPlayer> players = openers.stream().map(ScriptPlayer::new).toList();
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
      players.forEach(ScriptPlayer::close);
    }
  }

  /// What is asked after a script: everything, forwards and backwards.
  ///
  /// More steps than any script leaves keys: a walk ends where it is no longer valid.
  static List<Op> sweeps() {
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

  private static @Nullable Divergence compare(List<ScriptPlayer> players, int step, Op op) {
    String expected = players.getFirst().answer(op);
    for (ScriptPlayer player : players.subList(1, players.size())) {
      String got = player.answer(op);
      if (!got.equals(expected)) {
        return new Divergence(step, op, player.name(), expected, got);
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
}
