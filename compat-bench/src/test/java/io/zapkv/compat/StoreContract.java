package io.zapkv.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.api.ClosedException;
import io.zapkv.api.Cursor;
import io.zapkv.api.Durability;
import io.zapkv.api.KeyRange;
import io.zapkv.api.Snapshot;
import io.zapkv.api.WriteBatch;
import io.zapkv.api.ZapStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every [ZapStore] promises its callers, in the words of its documentation.
abstract class StoreContract {
  private ZapStore store;

  /// An empty store.
  abstract ZapStore open();

  @BeforeEach
  void openStore() {
    store = open();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  private void put(String key, String value) {
    store.put(bytes(key), bytes(value));
  }

  private String get(String key) {
    return text(store.get(bytes(key)));
  }

  private static List<String> keys(Cursor cursor) {
    List<String> keys = new ArrayList<>();
    for (cursor.first(); cursor.isValid(); cursor.next()) {
      keys.add(text(cursor.key()));
    }
    return keys;
  }

  @Test
  void whatIsPutIsThereUntilItIsDeleted() {
    assertThat(get("a")).isNull();
    put("a", "1");
    put("a", "2");
    assertThat(get("a")).isEqualTo("2");
    store.delete(bytes("a"));
    store.delete(bytes("a"));
    assertThat(get("a")).isNull();
  }

  @Test
  void anEmptyKeyAndAnEmptyValueAreLikeAnyOther() {
    put("", "");
    assertThat(store.get(new byte[0])).isEmpty();
    try (Cursor cursor = store.cursor()) {
      assertThat(keys(cursor)).containsExactly("");
    }
  }

  @Test
  void theStoreKeepsNoArrayThatItWasGiven() {
    byte[] key = bytes("a");
    byte[] value = bytes("1");
    store.put(key, value);
    key[0] = 'b';
    value[0] = '2';
    assertThat(get("a")).isEqualTo("1");
    store.get(bytes("a"))[0] = '3';
    assertThat(get("a")).isEqualTo("1");
  }

  @Test
  void keysAreOrderedAsUnsignedBytes() {
    for (int first : new int[] {0x80, 0x7f, 0xff, 0x00}) {
      store.put(new byte[] {(byte) first}, new byte[0]);
    }
    List<Integer> seen = new ArrayList<>();
    try (Cursor cursor = store.cursor()) {
      for (cursor.first(); cursor.isValid(); cursor.next()) {
        seen.add(cursor.key()[0] & 0xff);
      }
    }
    assertThat(seen).containsExactly(0x00, 0x7f, 0x80, 0xff);
  }

  @Test
  void aBatchHappensInItsOrder() {
    put("b", "old");
    var batch = new WriteBatch();
    batch.put(bytes("a"), bytes("1"));
    batch.delete(bytes("b"));
    batch.delete(bytes("a"));
    batch.put(bytes("a"), bytes("2"));
    store.write(batch);
    assertThat(get("a")).isEqualTo("2");
    assertThat(get("b")).isNull();
    assertThat(batch.count()).isEqualTo(4);
    store.write(new WriteBatch(), Durability.DURABLE);
  }

  @Test
  void aSnapshotSeesItsMomentWhateverComesLater() {
    put("a", "1");
    put("b", "1");
    try (Snapshot snapshot = store.snapshot()) {
      put("a", "2");
      store.delete(bytes("b"));
      put("c", "2");
      store.flush();
      store.compact();
      assertThat(text(store.get(bytes("a"), snapshot))).isEqualTo("1");
      assertThat(store.get(bytes("c"), snapshot)).isNull();
      try (Cursor cursor = store.cursor(snapshot)) {
        assertThat(keys(cursor)).containsExactly("a", "b");
      }
    }
    assertThat(get("a")).isEqualTo("2");
  }

  @Test
  void aCursorShowsTheStoreAsItWasWhenItWasOpened() {
    put("a", "1");
    try (Cursor cursor = store.cursor()) {
      put("b", "2");
      store.delete(bytes("a"));
      assertThat(keys(cursor)).containsExactly("a");
    }
  }

  @Test
  void aCursorTurnsRoundAndStaysInItsRange() {
    for (String key : List.of("a", "b", "c", "d", "e")) {
      put(key, key);
    }
    try (Cursor cursor = store.cursor(KeyRange.of(bytes("b"), bytes("e")), null)) {
      assertThat(cursor.isValid()).isFalse();
      cursor.seek(bytes("a"));
      assertThat(text(cursor.key())).isEqualTo("b");
      cursor.prev();
      assertThat(cursor.isValid()).isFalse();
      cursor.seekForPrev(bytes("z"));
      assertThat(text(cursor.key())).isEqualTo("d");
      cursor.prev();
      cursor.next();
      assertThat(text(cursor.value())).isEqualTo("d");
      cursor.next();
      assertThat(cursor.isValid()).isFalse();
      assertThatThrownBy(cursor::key).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(cursor::next).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void segmentsServeAsWellAsArrays() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes("key"));
      MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes("value"));
      store.put(key, value);
      assertThat(get("key")).isEqualTo("value");
      MemorySegment target = arena.allocate(5);
      assertThat(store.get(key, target)).isEqualTo(5);
      assertThat(target.mismatch(value)).isEqualTo(-1);
      assertThat(store.get(key, arena.allocate(2))).isEqualTo(5);
      assertThat(store.get(value, target)).isEqualTo(-1);
      try (Cursor cursor = store.cursor()) {
        cursor.first();
        assertThat(cursor.key(target)).isEqualTo(3);
        assertThat(target.asSlice(0, 3).mismatch(key)).isEqualTo(-1);
        assertThat(cursor.value(target.asSlice(0, 2))).isEqualTo(5);
        assertThat(text(target.asSlice(0, 2).toArray(ValueLayout.JAVA_BYTE))).isEqualTo("va");
      }
    }
  }

  @Test
  void aClosedStoreSaysSoAndMayBeClosedAgain() {
    store.close();
    store.close();
    assertThatThrownBy(() -> put("a", "1")).isInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> get("a")).isInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> store.cursor()).isInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> store.snapshot()).isInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> store.write(new WriteBatch())).isInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> store.stats())
        .isInstanceOfSatisfying(
            ClosedException.class, e -> assertThat(e.advice()).contains("open"));
  }
}
