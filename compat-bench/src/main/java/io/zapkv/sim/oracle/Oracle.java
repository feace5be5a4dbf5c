package io.zapkv.sim.oracle;

import io.zapkv.sim.plan.Step.Change;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Judges what a store shows by what its clients have written.
///
/// Each client writes keys of its own, one write after the other, so what is there of a client's
/// keys is the state after some number of its writes: never fewer than were acknowledged, never
/// more than were begun. Between clients, a write that was acknowledged before another began is not
/// missing where that one is there. Together: what is there is a prefix of all that was written.
public final class Oracle {
  private final List<History> histories = new ArrayList<>();

  /// The moment of a read: how many writes of each client it must show, and how many it may.
  public static final class Window {
    private final int[] least;
    private final int[] most;

    /// @param least acknowledged when it began
    /// @param most begun when it had its view
    public Window(int[] least, int[] most) {
      this.least = least.clone();
      this.most = most.clone();
    }

    /// The same where so many may be all that is left.
    public Window loweredTo(int[] counts) {
      int[] lowered = new int[least.length];
      for (int client = 0; client < lowered.length; client++) {
        lowered[client] = Math.min(least[client], counts[client]);
      }
      return new Window(lowered, most);
    }

    /// How many writes of each client may be shown.
    public int[] most() {
      return most.clone();
    }
  }

  /// Nothing is written.
  public Oracle(int clients) {
    for (int client = 0; client < clients; client++) {
      histories.add(new History(client));
    }
  }

  /// A client begins a write.
  public void begin(int client, List<Change> changes) {
    histories.get(client).begin(changes, acked());
  }

  /// The number that the client's next write has in its values.
  public int nextNumber(int client) {
    return histories.get(client).nextNumber();
  }

  /// The client's last write was acknowledged.
  public void acknowledge(int client, boolean isDurable) {
    histories.get(client).acknowledge(isDurable);
  }

  /// The client's last write has not happened.
  public void takeBack(int client) {
    histories.get(client).takeBack();
  }

  /// How many writes of each client were acknowledged.
  public int[] acked() {
    return histories.stream().mapToInt(History::acked).toArray();
  }

  /// How many writes of each client were begun.
  public int[] issued() {
    return histories.stream().mapToInt(History::issued).toArray();
  }

  /// How many writes of each client survive a power cut.
  public int[] durable() {
    return histories.stream().mapToInt(History::durable).toArray();
  }

  /// All of so many writes of each client survives a power cut.
  public void durableTo(int[] counts) {
    for (int client = 0; client < counts.length; client++) {
      histories.get(client).durableTo(counts[client]);
    }
  }

  /// Whether the client's last write shows in what its first changed key holds; null where one
  /// cannot tell.
  public @Nullable Boolean showsLast(int client, int key, byte @Nullable [] found) {
    History history = histories.get(client);
    boolean after = history.allows(key, found, history.issued(), history.issued());
    boolean before = history.allows(key, found, history.issued() - 1, history.issued() - 1);
    if (!after && !before) {
      throw new Violation(
          "O1",
          "key "
              + key
              + " of client "
              + client
              + " holds neither the value before a failed write nor that after it");
    }
    return after == before ? null : after;
  }

  /// A client's own key holds what it wrote last.
  ///
  /// @throws Violation where it does not
  public void checkOwn(int client, int key, byte @Nullable [] found) {
    History history = histories.get(client);
    if (!history.matches(key, history.now(key), found)) {
      throw new Violation(
          "O1",
          "get of key %d of client %d: expected %s, found %s"
              .formatted(
                  key,
                  client,
                  history.now(key),
                  found == null ? "nothing" : Values.describe(found)));
    }
  }

  /// A key of a store that may have lost data holds what it may hold.
  ///
  /// @throws Violation where it holds something else
  public void checkLoosely(int client, int key, byte @Nullable [] found, Window window) {
    if (!histories.get(client).allows(key, found, window.least[client], window.most[client])) {
      throw new Violation(
          "O9",
          "key %d of client %d of a damaged store, from %d to %d writes: found %s; %s"
              .formatted(
                  key,
                  client,
                  window.least[client],
                  window.most[client],
                  found == null ? "nothing" : Values.describe(found),
                  histories.get(client).story(key)));
    }
  }

  /// All that is there is a prefix of what was written.
  ///
  /// @param found all keys and values
  /// @return how many writes of each client are there
  /// @throws Violation where it is none
  public int[] checkPrefix(String promise, List<byte[][]> found, Window window) {
    List<TreeMap<Integer, byte[]>> byClient = new ArrayList<>();
    for (int client = 0; client < histories.size(); client++) {
      byClient.add(new TreeMap<>());
    }
    for (byte[][] entry : found) {
      byClient.get(Values.clientOf(entry[0])).put(Values.numberOf(entry[0]), entry[1]);
    }
    int[] first = new int[histories.size()];
    int[] last = new int[histories.size()];
    for (int client = 0; client < histories.size(); client++) {
      History history = histories.get(client);
      int least = window.least[client];
      int most = window.most[client];
      List<Integer> fitting = history.prefixes(byClient.get(client), least, most);
      if (fitting.isEmpty()) {
        throw new Violation(
            promise,
            "client %d: no number of writes from %d to %d gives what is there; after %d, %s"
                .formatted(
                    client, least, most, least, history.difference(byClient.get(client), least)));
      }
      first[client] = fitting.getFirst();
      last[client] = fitting.getLast();
    }
    checkNoHole(promise, first, last);
    return last;
  }

  private void checkNoHole(String promise, int[] first, int[] last) {
    for (int client = 0; client < first.length; client++) {
      if (first[client] == 0) {
        continue;
      }
      History.Written write = histories.get(client).write(first[client] - 1);
      for (int other = 0; other < last.length; other++) {
        if (last[other] < write.ackedBefore(other)) {
          throw new Violation(
              promise,
              "write %d of client %d is there, but of client %d only %d of the %d acknowledged before"
                  .formatted(first[client], client, other, last[other], write.ackedBefore(other)));
        }
      }
    }
  }

  /// What was found at an opening is all there ever was.
  public void restart(int[] counts) {
    for (int client = 0; client < counts.length; client++) {
      histories.get(client).restart(counts[client]);
    }
  }

  /// A window in which nothing may have been written meanwhile.
  public static Window exactly(int[] counts) {
    return new Window(counts, counts);
  }

  /// How many clients there are.
  public int clients() {
    return histories.size();
  }

  /// An empty list of entries, for a store that holds nothing.
  public static List<byte[][]> nothing() {
    return Collections.emptyList();
  }
}
