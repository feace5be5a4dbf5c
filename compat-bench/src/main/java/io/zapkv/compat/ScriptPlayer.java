package io.zapkv.compat;

import io.zapkv.api.Durability;
import io.zapkv.api.KeyRange;
import io.zapkv.bench.target.Target;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Plays a script on one store, with the snapshots and cursors that the script holds on it, and
/// tells each answer as text.
///
/// **Threading.** One thread.
///
/// **Failures.** A store that throws has answered with what it threw.
final class ScriptPlayer implements AutoCloseable {
  /// Longer values are told by their beginning, their length and their hash.
  private static final int SHOWN_BYTES = 40;

  /// Shorter than most values: the second, longer try is what a caller makes, too.
  private static final int FIRST_TRY_BYTES = 16;

  private final Supplier<Target> opener;
  private final Map<Integer, Target.View> views = new HashMap<>();
  private final Map<Integer, Target.Walk> cursors = new HashMap<>();
  private Target target;

  /// @param opener opens the store; called again to reopen it, when it finds what it held
  ScriptPlayer(Supplier<Target> opener) {
    this.opener = opener;
    this.target = opener.get();
  }

  /// The store's name.
  String name() {
    return target.name();
  }

  /// Does it, and says what the store said.
  String answer(Op op) {
    try {
      return play(op);
    } catch (RuntimeException | AssertionError e) {
      return "threw " + e;
    }
  }

  private String play(Op op) {
    switch (op) {
      case Op.Put(Data key, Data value) -> target.put(key.bytes(), value.bytes());
      case Op.Delete(Data key) -> target.delete(key.bytes());
      case Op.Batch(List<Op.Change> changes) -> write(changes, null);
      case Op.With(Op.Way way, Op.Put(Data key, Data value)) ->
          put(way, key.bytes(), value.bytes());
      case Op.With(Op.Way way, Op.Batch(List<Op.Change> changes)) ->
          write(changes, Durability.valueOf(way.name()));
      case Op.With _ -> throw new IllegalArgumentException(OpScript.print(op));
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
      case Op.Hold hold -> {
        return hold(hold);
      }
      case Op.Step(int cursor, List<Op.Move> moves) -> {
        Target.Walk walk = cursors.get(cursor);
        return walk == null ? "no cursor" : follow(walk, moves);
      }
      case Op.Drop(int cursor) -> drop(cursor);
      case Op.Flush() -> target.flush();
      case Op.Compact() -> target.compact();
      case Op.Reopen() -> reopen();
    }
    return "done";
  }

  private void put(Op.Way way, byte[] key, byte[] value) {
    switch (way) {
      case BUFFERED -> target.put(key, value, Durability.BUFFERED);
      case DURABLE -> target.put(key, value, Durability.DURABLE);
      case SEGMENTS -> {
        try (Arena arena = Arena.ofConfined()) {
          // One of each kind of memory.
          target.put(inNative(arena, key), MemorySegment.ofArray(value));
        }
      }
    }
  }

  private void write(List<Op.Change> changes, @Nullable Durability durability) {
    try (Target.Batch batch = target.batch()) {
      for (Op.Change change : changes) {
        switch (change) {
          case Op.Put(Data key, Data value) -> batch.put(key.bytes(), value.bytes());
          case Op.Delete(Data key) -> batch.delete(key.bytes());
        }
      }
      if (durability == null) {
        batch.write();
      } else {
        batch.write(durability);
      }
    }
  }

  private String get(byte[] key, @Nullable Integer snapshot) {
    if (snapshot == null) {
      return both(target.get(key), getBySegment(key));
    }
    Target.View view = views.get(snapshot);
    return view == null ? "no snapshot" : print(target.get(key, view));
  }

  private byte @Nullable [] getBySegment(byte[] key) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment keySegment = inNative(arena, key);
      byte[] bytes = new byte[FIRST_TRY_BYTES];
      int length = target.get(keySegment, MemorySegment.ofArray(bytes));
      if (length > bytes.length) {
        bytes = new byte[length];
        length = target.get(keySegment, MemorySegment.ofArray(bytes));
      }
      return length < 0 ? null : Arrays.copyOf(bytes, length);
    }
  }

  private String walk(Op.Walk op) {
    Integer snapshot = op.snapshot();
    if (snapshot != null && !views.containsKey(snapshot)) {
      return "no snapshot";
    }
    try (Target.Walk walk = open(op.range(), snapshot)) {
      return follow(walk, op.moves());
    }
  }

  private String hold(Op.Hold op) {
    Integer snapshot = op.snapshot();
    if (snapshot != null && !views.containsKey(snapshot)) {
      return "no snapshot";
    }
    drop(op.cursor());
    cursors.put(op.cursor(), open(op.range(), snapshot));
    return "done";
  }

  private Target.Walk open(KeyRange range, @Nullable Integer snapshot) {
    return target.walk(range, snapshot == null ? null : views.get(snapshot));
  }

  private static String follow(Target.Walk walk, List<Op.Move> moves) {
    StringBuilder answer = new StringBuilder();
    boolean wasValid = true;
    for (Op.Move move : moves) {
      move(walk, move);
      boolean valid = walk.isValid();
      if (valid) {
        answer.append(key(walk)).append('=').append(value(walk)).append(' ');
      } else if (wasValid) {
        answer.append("end ");
      }
      wasValid = valid;
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

  private static String key(Target.Walk walk) {
    byte[] copied = new byte[FIRST_TRY_BYTES];
    int length = walk.key(MemorySegment.ofArray(copied));
    if (length > copied.length) {
      copied = new byte[length];
      length = walk.key(MemorySegment.ofArray(copied));
    }
    return both(walk.key(), Arrays.copyOf(copied, length));
  }

  private static String value(Target.Walk walk) {
    byte[] copied = new byte[FIRST_TRY_BYTES];
    int length = walk.value(MemorySegment.ofArray(copied));
    if (length > copied.length) {
      copied = new byte[length];
      length = walk.value(MemorySegment.ofArray(copied));
    }
    return both(walk.value(), Arrays.copyOf(copied, length));
  }

  private void release(int snapshot) {
    Target.View view = views.remove(snapshot);
    if (view != null) {
      view.close();
    }
  }

  private void drop(int cursor) {
    Target.Walk walk = cursors.remove(cursor);
    if (walk != null) {
      walk.close();
    }
  }

  private void reopen() {
    close();
    target = opener.get();
  }

  /// Closes the store, and before it what is held on it.
  @Override
  public void close() {
    cursors.values().forEach(Target.Walk::close);
    cursors.clear();
    views.values().forEach(Target.View::close);
    views.clear();
    target.close();
  }

  private static MemorySegment inNative(Arena arena, byte[] bytes) {
    return arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
  }

  /// One answer where two ways to ask agree.
  private static String both(byte @Nullable [] asArray, byte @Nullable [] asSegment) {
    return Arrays.equals(asArray, asSegment)
        ? print(asArray)
        : print(asArray) + " but as a segment " + print(asSegment);
  }

  private static String print(byte @Nullable [] bytes) {
    if (bytes == null) {
      return "nothing";
    }
    String hex = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, SHOWN_BYTES));
    return bytes.length <= SHOWN_BYTES
        ? "'" + hex + "'"
        : "'" + hex + "…' (%d, %08x)".formatted(bytes.length, Arrays.hashCode(bytes));
  }
}
