package io.zapkv.compat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Makes a failing script small: first it drops operations, half of them at a time, then a quarter,
/// down to single ones (Zeller's ddmin), then it shortens what is left.
///
/// **Bounds.** At most `triesMax` scripts are tried; the smallest that still fails is returned.
public final class Shrinker {
  private final Predicate<List<Op>> fails;
  private int triesLeft;

  private Shrinker(Predicate<List<Op>> fails, int triesMax) {
    this.fails = fails;
    this.triesLeft = triesMax;
  }

  /// The smallest failing script that was found.
  ///
  /// @param ops a script that fails
  /// @param fails whether a script still fails, from stores that are empty
  /// @param triesMax how many scripts to try
  public static List<Op> shrink(List<Op> ops, Predicate<List<Op>> fails, int triesMax) {
    var shrinker = new Shrinker(fails, triesMax);
    List<Op> small = shrinker.drop(ops);
    return shrinker.simplify(small);
  }

  private List<Op> drop(List<Op> ops) {
    List<Op> small = ops;
    int pieces = 2;
    while (small.size() > 1 && triesLeft > 0) {
      int length = Math.ceilDiv(small.size(), pieces);
      List<Op> smaller = null;
      for (int from = 0; from < small.size() && smaller == null; from += length) {
        List<Op> rest = new ArrayList<>(small.subList(0, from));
        rest.addAll(small.subList(Math.min(small.size(), from + length), small.size()));
        if (stillFails(rest)) {
          smaller = rest;
        }
      }
      if (smaller != null) {
        small = smaller;
        pieces = Math.max(2, pieces - 1);
      } else if (length == 1) {
        return small;
      } else {
        pieces = Math.min(small.size(), pieces * 2);
      }
    }
    return small;
  }

  private List<Op> simplify(List<Op> ops) {
    List<Op> small = new ArrayList<>(ops);
    for (int i = 0; i < small.size(); i++) {
      boolean simpler = true;
      while (simpler && triesLeft > 0) {
        simpler = false;
        for (Op candidate : simplerThan(small.get(i))) {
          List<Op> tried = new ArrayList<>(small);
          tried.set(i, candidate);
          if (stillFails(tried)) {
            small = tried;
            simpler = true;
            break;
          }
        }
      }
    }
    return small;
  }

  /// What could stand for an operation, the simplest first.
  private static List<Op> simplerThan(Op op) {
    return switch (op) {
      case Op.Put(Data key, Data value) when value.length() > 1 ->
          List.of(
              new Op.Put(key, Data.of((byte) 'v')),
              new Op.Put(key, new Data(value.pattern().substring(0, 2), value.length() / 2)));
      case Op.Batch(List<Op.Change> changes) when changes.size() > 1 ->
          without(changes).stream().<Op>map(Op.Batch::new).toList();
      case Op.Batch(List<Op.Change> changes) -> List.copyOf(changes);
      case Op.Walk(Data from, Data to, Integer snapshot, List<Op.Move> moves)
          when moves.size() > 1 ->
          without(moves).stream().<Op>map(fewer -> new Op.Walk(from, to, snapshot, fewer)).toList();
      case Op.With(Op.Way _, Op change) -> List.of(change);
      case Op.Step(int cursor, List<Op.Move> moves) when moves.size() > 1 ->
          without(moves).stream().<Op>map(fewer -> new Op.Step(cursor, fewer)).toList();
      case Op.Put _,
          Op.Delete _,
          Op.Get _,
          Op.Take _,
          Op.Release _,
          Op.Walk _,
          Op.Hold _,
          Op.Step _,
          Op.Drop _,
          Op.Flush _,
          Op.Compact _,
          Op.Reopen _ ->
          List.of();
    };
  }

  /// The list with each of its elements left out in turn.
  private static <T> List<List<T>> without(List<T> list) {
    List<List<T>> all = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      List<T> fewer = new ArrayList<>(list);
      fewer.remove(i);
      all.add(fewer);
    }
    return all;
  }

  private boolean stillFails(List<Op> ops) {
    return triesLeft-- > 0 && fails.test(ops);
  }
}
