package io.zapkv.compat;

import static java.util.Locale.ROOT;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A script as text: one operation a line, `#` begins a comment.
///
/// ```
///   put 6b 300*76            delete 6b
///   batch put 6b 76 delete 6c
///   durable put 6b 76        buffered batch put 6b 76        segments put 6b 76
///   take 1                   release 1
///   get 6b                   get@1 6b
///   walk 61 - first next seek 62 prev seekForPrev 63 last
///   walk@1 - - last prev     (range from and to; - is an open end)
///   hold 1 61 -              hold@2 1 - -                    (cursor, range)
///   step 1 first next        drop 1
///   flush                    compact              reopen
/// ```
///
/// An empty key is written `-` too, but not as an end of a range: there it means open.
public final class OpScript {
  private static final String OPEN = "-";

  private OpScript() {}

  /// The script as text; [#parse] reads it back.
  public static String print(List<Op> ops) {
    return ops.stream().map(op -> print(op) + "\n").collect(Collectors.joining());
  }

  /// One operation as a line.
  public static String print(Op op) {
    return switch (op) {
      case Op.Put(Data key, Data value) -> "put " + key + " " + value;
      case Op.Delete(Data key) -> "delete " + key;
      case Op.Batch(List<Op.Change> changes) ->
          "batch" + changes.stream().map(c -> " " + print(c)).collect(Collectors.joining());
      case Op.With(Op.Way way, Op change) -> way.name().toLowerCase(ROOT) + " " + print(change);
      case Op.Get(Data key, Integer snapshot) -> "get" + at(snapshot) + " " + key;
      case Op.Take(int snapshot) -> "take " + snapshot;
      case Op.Release(int snapshot) -> "release " + snapshot;
      case Op.Walk(Data from, Data to, Integer snapshot, List<Op.Move> moves) ->
          "walk" + at(snapshot) + " " + end(from) + " " + end(to) + printMoves(moves);
      case Op.Hold(int cursor, Data from, Data to, Integer snapshot) ->
          "hold" + at(snapshot) + " " + cursor + " " + end(from) + " " + end(to);
      case Op.Step(int cursor, List<Op.Move> moves) -> "step " + cursor + printMoves(moves);
      case Op.Drop(int cursor) -> "drop " + cursor;
      case Op.Flush() -> "flush";
      case Op.Compact() -> "compact";
      case Op.Reopen() -> "reopen";
    };
  }

  /// Reads a script.
  ///
  /// @throws IllegalArgumentException naming the line that is none
  public static List<Op> parse(String text) {
    List<Op> ops = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      int comment = line.indexOf('#');
      String words = (comment < 0 ? line : line.substring(0, comment)).strip();
      if (!words.isEmpty()) {
        try {
          ops.add(parseOp(List.of(words.split("\\s+", -1)).iterator()));
        } catch (RuntimeException e) {
          throw new IllegalArgumentException("line " + number + ": " + line, e);
        }
      }
    }
    return ops;
  }

  private static Op parseOp(Iterator<String> words) {
    String word = words.next();
    int at = word.indexOf('@');
    String verb = at < 0 ? word : word.substring(0, at);
    Integer snapshot = at < 0 ? null : Integer.valueOf(word.substring(at + 1));
    return switch (verb) {
      case "put", "delete" -> change(verb, words);
      case "batch" -> new Op.Batch(changes(words));
      case "buffered", "durable", "segments" ->
          new Op.With(Op.Way.valueOf(verb.toUpperCase(ROOT)), parseOp(words));
      case "get" -> new Op.Get(Data.parse(words.next()), snapshot);
      case "take" -> new Op.Take(Integer.parseInt(words.next()));
      case "release" -> new Op.Release(Integer.parseInt(words.next()));
      case "walk" -> new Op.Walk(end(words.next()), end(words.next()), snapshot, moves(words));
      case "hold" ->
          new Op.Hold(
              Integer.parseInt(words.next()), end(words.next()), end(words.next()), snapshot);
      case "step" -> new Op.Step(Integer.parseInt(words.next()), moves(words));
      case "drop" -> new Op.Drop(Integer.parseInt(words.next()));
      case "flush" -> new Op.Flush();
      case "compact" -> new Op.Compact();
      case "reopen" -> new Op.Reopen();
      default -> throw new IllegalArgumentException(verb);
    };
  }

  private static Op.Change change(String verb, Iterator<String> words) {
    Data key = Data.parse(words.next());
    return switch (verb) {
      case "put" -> new Op.Put(key, Data.parse(words.next()));
      case "delete" -> new Op.Delete(key);
      default -> throw new IllegalArgumentException(verb);
    };
  }

  private static List<Op.Change> changes(Iterator<String> words) {
    List<Op.Change> changes = new ArrayList<>();
    while (words.hasNext()) {
      changes.add(change(words.next(), words));
    }
    return changes;
  }

  private static List<Op.Move> moves(Iterator<String> words) {
    List<Op.Move> moves = new ArrayList<>();
    while (words.hasNext()) {
      String verb = words.next();
      moves.add(
          switch (verb) {
            case "first" -> new Op.Move.First();
            case "last" -> new Op.Move.Last();
            case "next" -> new Op.Move.Next();
            case "prev" -> new Op.Move.Prev();
            case "seek" -> new Op.Move.Seek(Data.parse(words.next()));
            case "seekForPrev" -> new Op.Move.SeekForPrev(Data.parse(words.next()));
            default -> throw new IllegalArgumentException(verb);
          });
    }
    return moves;
  }

  private static String printMoves(List<Op.Move> moves) {
    return moves.stream().map(m -> " " + print(m)).collect(Collectors.joining());
  }

  private static String print(Op.Move move) {
    return switch (move) {
      case Op.Move.First() -> "first";
      case Op.Move.Last() -> "last";
      case Op.Move.Next() -> "next";
      case Op.Move.Prev() -> "prev";
      case Op.Move.Seek(Data key) -> "seek " + key;
      case Op.Move.SeekForPrev(Data key) -> "seekForPrev " + key;
    };
  }

  private static String at(@Nullable Integer snapshot) {
    return snapshot == null ? "" : "@" + snapshot;
  }

  private static String end(@Nullable Data end) {
    return end == null ? OPEN : end.toString();
  }

  private static @Nullable Data end(String word) {
    return word.equals(OPEN) ? null : Data.parse(word);
  }
}
