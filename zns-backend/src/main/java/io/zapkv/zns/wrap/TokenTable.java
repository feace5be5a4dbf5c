package io.zapkv.zns.wrap;

import java.util.ArrayList;
import java.util.List;

/// Remembers the caller's token, and a note, for each operation that a wrapping queue has passed
/// on.
///
/// **Threading.** Belongs to the queue's owner.
///
/// @param <N> what the wrapper wants to know again at the completion
public final class TokenTable<N> {
  private record Entry<N>(long token, N note) {}

  private final List<Entry<N>> entries = new ArrayList<>();
  private final List<Integer> free = new ArrayList<>();

  /// Remembers an operation; the answer is the token to pass on.
  public int add(long token, N note) {
    Entry<N> entry = new Entry<>(token, note);
    if (free.isEmpty()) {
      entries.add(entry);
      return entries.size() - 1;
    }
    int index = free.removeLast();
    entries.set(index, entry);
    return index;
  }

  /// The caller's token.
  public long token(long index) {
    return entries.get((int) index).token();
  }

  /// The note.
  public N note(long index) {
    return entries.get((int) index).note();
  }

  /// Forgets an operation.
  public void remove(long index) {
    free.add((int) index);
  }

  /// How many operations are remembered.
  public int size() {
    return entries.size() - free.size();
  }
}
