package io.zapkv.sim.plan;

import io.zapkv.api.Durability;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// One thing that a client does.
///
/// ```
///   write 3:120,7:- durable     a put of 120 bytes and a delete, as one
///   get 3
///   scan forward  /  scan backward
///   snapshot      /  look  /  release
///   flush         /  compact
/// ```
public sealed interface Step {
  /// What becomes of one key.
  ///
  /// @param valueBytes the length of the new value, or -1 for none
  record Change(int key, int valueBytes) {
    @Override
    public String toString() {
      return key + ":" + (valueBytes < 0 ? "-" : valueBytes);
    }
  }

  /// Writes changes as one: a single one by `put` or `delete`, several by a batch.
  record Write(List<Change> changes, Durability durability) implements Step {
    @Override
    public String toString() {
      return "write "
          + changes.stream().map(Change::toString).collect(Collectors.joining(","))
          + " "
          + durability.name().toLowerCase(Locale.ROOT);
    }
  }

  /// Looks one key up.
  record Get(int key) implements Step {
    @Override
    public String toString() {
      return "get " + key;
    }
  }

  /// Walks over all keys of all clients.
  record Scan(boolean forward) implements Step {
    @Override
    public String toString() {
      return "scan " + (forward ? "forward" : "backward");
    }
  }

  /// The steps without arguments.
  enum Plain implements Step {
    /// Takes a snapshot, in the place of one it has.
    SNAPSHOT,
    /// Reads at its snapshot.
    LOOK,
    /// Gives its snapshot back.
    RELEASE,
    /// Flushes the store.
    FLUSH,
    /// Compacts the store.
    COMPACT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Reads the text form.
  static Step parse(String text) {
    String[] words = text.strip().split(" ", -1);
    return switch (words[0]) {
      case "write" ->
          new Write(changes(words[1]), Durability.valueOf(words[2].toUpperCase(Locale.ROOT)));
      case "get" -> new Get(Integer.parseInt(words[1]));
      case "scan" -> new Scan(words[1].equals("forward"));
      default -> Plain.valueOf(words[0].toUpperCase(Locale.ROOT));
    };
  }

  private static List<Change> changes(String text) {
    List<Change> changes = new ArrayList<>();
    for (String pair : text.split(",", -1)) {
      String[] two = pair.split(":", -1);
      changes.add(
          new Change(Integer.parseInt(two[0]), two[1].equals("-") ? -1 : Integer.parseInt(two[1])));
    }
    return changes;
  }
}
