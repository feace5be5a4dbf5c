package io.zapkv.engine.inspect;

import static io.zapkv.engine.inspect.StoreImage.OPTIONS;
import static io.zapkv.engine.inspect.StoreImage.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.Zap;
import io.zapkv.api.ClosedException;
import io.zapkv.api.Cursor;
import io.zapkv.api.Durability;
import io.zapkv.api.KeyRange;
import io.zapkv.api.Snapshot;
import io.zapkv.api.WriteBatch;
import io.zapkv.api.ZapStore;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Calls that are wrong: each is refused before it has any effect, and the store goes on.
class MisuseTest {
  private static final String DEVICE = "mem:?zones=24&capacity=256KiB&block=512&append=32KiB";
  private static final byte[] A = bytes("a");
  private static final byte[] ONE = bytes("1");
  private static final int KEY_BYTES_MAX = (32 << 10) / 8;
  private static final int ENTRY_BYTES_MAX = (32 << 10) / 2;

  private final ZapStore store = Zap.open(DEVICE, OPTIONS);

  @AfterEach
  void theStoreIsUnharmed() {
    if (!isClosed()) {
      store.put(bytes("last"), ONE);
      assertThat(store.get(bytes("last"))).isEqualTo(ONE);
      store.flush();
      assertThat(store.get(bytes("last"))).isEqualTo(ONE);
    }
    store.close();
  }

  private boolean isClosed() {
    try {
      store.stats();
      return false;
    } catch (ClosedException _) {
      return true;
    }
  }

  private void hasNothing() {
    try (Cursor cursor = store.cursor()) {
      cursor.first();
      assertThat(cursor.isValid()).isFalse();
    }
  }

  private void refused(String saying, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(saying);
    hasNothing();
  }

  @Test
  void aKeyThatIsTooLongIsRefusedWithTheLimit() {
    byte[] tooLong = new byte[KEY_BYTES_MAX + 1];
    String limit = Integer.toString(KEY_BYTES_MAX);
    refused(limit, () -> store.put(tooLong, ONE));
    refused(limit, () -> store.put(tooLong, ONE, Durability.DURABLE));
    refused(limit, () -> store.delete(tooLong));
    refused(limit, () -> store.put(MemorySegment.ofArray(tooLong), MemorySegment.ofArray(ONE)));
    WriteBatch batch = new WriteBatch();
    batch.put(A, ONE);
    batch.put(tooLong, ONE);
    refused(limit, () -> store.write(batch));
    batch.clear();
    batch.put(A, ONE);
    batch.delete(tooLong);
    refused(limit, () -> store.write(batch));
    assertThat(store.get(tooLong)).isNull();
    assertThat(store.get(new byte[1 << 20])).isNull();
    store.put(new byte[KEY_BYTES_MAX], ONE);
    store.flush();
    assertThat(store.get(new byte[KEY_BYTES_MAX])).isEqualTo(ONE);
  }

  @Test
  void aKeyAndValueThatAreTooLongTogetherAreRefusedWithTheLimit() {
    byte[] key = new byte[100];
    byte[] tooLong = new byte[ENTRY_BYTES_MAX - 99];
    String limit = Integer.toString(ENTRY_BYTES_MAX);
    refused(limit, () -> store.put(key, tooLong));
    refused(limit, () -> store.put(MemorySegment.ofArray(key), MemorySegment.ofArray(tooLong)));
    WriteBatch batch = new WriteBatch();
    batch.put(A, ONE);
    batch.put(key, tooLong);
    refused(limit, () -> store.write(batch));
    byte[] longest = new byte[ENTRY_BYTES_MAX - 100];
    store.put(key, longest);
    store.flush();
    assertThat(store.get(key)).isEqualTo(longest);
  }

  @Test
  void aBatchThatIsTooLargeIsRefusedWithTheLimit() {
    WriteBatch batch = new WriteBatch();
    int i = 0;
    while (batch.sizeBytes() <= OPTIONS.batchBytesMax()) {
      batch.put(bytes("k" + i++), new byte[8_000]);
    }
    refused(Long.toString(OPTIONS.batchBytesMax()), () -> store.write(batch));
    refused(Long.toString(OPTIONS.batchBytesMax()), () -> store.write(batch, Durability.DURABLE));
  }

  @Test
  void nothingIsNoArgument() {
    WriteBatch batch = new WriteBatch();
    batch.put(A, ONE);
    int number = 0;
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> store.put((byte[]) null, ONE),
            () -> store.put(A, (byte[]) null),
            () -> store.put(A, ONE, null),
            () -> store.put((MemorySegment) null, MemorySegment.ofArray(ONE)),
            () -> store.put(MemorySegment.ofArray(A), null),
            () -> store.delete(null),
            () -> store.write(null),
            () -> store.write(batch, null),
            () -> store.get((byte[]) null),
            () -> store.get((byte[]) null, null),
            () -> store.get(MemorySegment.ofArray(A), null),
            () -> store.cursor(null, null),
            () -> batch.put(null, ONE),
            () -> batch.put(A, null),
            () -> batch.delete(null),
            () -> KeyRange.prefix(null),
            () -> Zap.open(null),
            () -> Zap.open(DEVICE, null))) {
      assertThatThrownBy(call).as("call %d", number++).isInstanceOf(NullPointerException.class);
      hasNothing();
    }
    try (Cursor cursor = store.cursor((Snapshot) null)) {
      assertThatThrownBy(() -> cursor.seek(null)).isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> cursor.seekForPrev(null)).isInstanceOf(NullPointerException.class);
      cursor.first();
      assertThat(cursor.isValid()).isFalse();
    }
    assertThat(batch.count()).isEqualTo(1);
  }

  @Test
  void anEmptyKeyAndAnEmptyValueAreAsGoodAsOthers() {
    byte[] empty = {};
    store.put(empty, ONE);
    store.put(A, empty);
    for (int round = 0; round < 2; round++) {
      assertThat(store.get(empty)).isEqualTo(ONE);
      assertThat(store.get(A)).isEqualTo(empty);
      try (Cursor cursor = store.cursor()) {
        cursor.first();
        assertThat(cursor.key()).isEmpty();
        cursor.next();
        assertThat(cursor.value()).isEmpty();
        cursor.seek(empty);
        assertThat(cursor.value()).isEqualTo(ONE);
        cursor.seekForPrev(empty);
        assertThat(cursor.key()).isEmpty();
      }
      store.flush();
    }
    store.delete(empty);
    assertThat(store.get(empty)).isNull();
  }

  @Test
  void aRangeThatEndsBeforeItBeginsIsEmpty() {
    store.put(A, ONE);
    store.put(bytes("b"), ONE);
    for (KeyRange range :
        List.of(KeyRange.of(bytes("b"), A), KeyRange.of(A, A), KeyRange.of(bytes("z"), A))) {
      try (Cursor cursor = store.cursor(range, null)) {
        cursor.first();
        assertThat(cursor.isValid()).isFalse();
        cursor.last();
        assertThat(cursor.isValid()).isFalse();
        cursor.seek(A);
        assertThat(cursor.isValid()).isFalse();
        cursor.seekForPrev(bytes("b"));
        assertThat(cursor.isValid()).isFalse();
      }
    }
  }

  @Test
  void aCursorThatStandsOnNothingGivesNothing() {
    store.put(A, ONE);
    Cursor cursor = store.cursor();
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(cursor::key, cursor::value, cursor::next, cursor::prev)) {
      assertThatThrownBy(call).isInstanceOf(IllegalStateException.class);
    }
    cursor.first();
    cursor.next();
    assertThatThrownBy(cursor::key).isInstanceOf(IllegalStateException.class);
    cursor.close();
    cursor.close();
    assertThatThrownBy(cursor::first).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(cursor::isValid).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aSnapshotOfAnotherStoreOrAClosedOneIsRefused() {
    store.put(A, ONE);
    try (ZapStore other = Zap.open(DEVICE, OPTIONS)) {
      Snapshot foreign = other.snapshot();
      assertThatThrownBy(() -> store.get(A, foreign)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> store.cursor(foreign)).isInstanceOf(IllegalArgumentException.class);
    }
    Snapshot closed = store.snapshot();
    Cursor before = store.cursor(closed);
    closed.close();
    closed.close();
    assertThatThrownBy(() -> store.get(A, closed)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.cursor(closed)).isInstanceOf(IllegalArgumentException.class);
    before.first();
    assertThat(before.key()).isEqualTo(A);
    before.close();
  }

  @Test
  void aClosedStoreRefusesEveryCallAndClosesAgain() {
    store.put(A, ONE);
    store.flush();
    store.put(bytes("b"), ONE);
    Snapshot snapshot = store.snapshot();
    Cursor cursor = store.cursor();
    cursor.first();
    WriteBatch batch = new WriteBatch();
    batch.put(A, ONE);
    store.close();
    store.close();
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> store.put(A, ONE),
            () -> store.put(A, ONE, Durability.DURABLE),
            () -> store.put(MemorySegment.ofArray(A), MemorySegment.ofArray(ONE)),
            () -> store.delete(A),
            () -> store.write(batch),
            () -> store.write(new WriteBatch()),
            () -> store.get(A),
            () -> store.get(A, snapshot),
            () -> store.get(MemorySegment.ofArray(A), MemorySegment.ofArray(new byte[9])),
            store::snapshot,
            store::cursor,
            () -> store.cursor(snapshot),
            store::flush,
            store::compact,
            store::stats,
            store::zones,
            cursor::isValid,
            cursor::key,
            cursor::value,
            cursor::next,
            cursor::prev,
            cursor::first,
            cursor::last,
            () -> cursor.seek(A))) {
      assertThatThrownBy(call).isInstanceOf(ClosedException.class);
    }
    snapshot.close();
    cursor.close();
    cursor.close();
  }
}
