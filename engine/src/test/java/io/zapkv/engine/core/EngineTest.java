package io.zapkv.engine.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.Zap;
import io.zapkv.api.ClosedException;
import io.zapkv.api.Cursor;
import io.zapkv.api.Durability;
import io.zapkv.api.KeyRange;
import io.zapkv.api.Snapshot;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.WriteBatch;
import io.zapkv.api.ZapStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The store from the outside, on small devices.
class EngineTest {
  private static final String SMALL = "mem:?zones=64&capacity=1MiB&append=128KiB";
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults().withMemtableBytes(1 << 20).withMemoryBudgetBytes(16 << 20);

  @Test
  void whatWasPutIsThereUntilItIsDeleted() {
    try (ZapStore store = Zap.open(GivenDevice.emptyOr(SMALL), OPTIONS)) {
      assertThat(store.get(bytes("a"))).isNull();
      store.put(bytes("a"), bytes("1"));
      assertThat(store.get(bytes("a"))).isEqualTo(bytes("1"));
      store.put(bytes("a"), bytes("2"), Durability.DURABLE);
      assertThat(store.get(bytes("a"))).isEqualTo(bytes("2"));
      store.delete(bytes("a"));
      assertThat(store.get(bytes("a"))).isNull();
    }
  }

  @Test
  void aSnapshotSeesWhatWasThereWhenItWasTaken() {
    try (ZapStore store = Zap.open(GivenDevice.emptyOr(SMALL), OPTIONS)) {
      store.put(bytes("a"), bytes("1"));
      try (Snapshot then = store.snapshot()) {
        store.put(bytes("a"), bytes("2"));
        store.put(bytes("b"), bytes("3"));
        store.flush();
        store.compact();
        assertThat(store.get(bytes("a"), then)).isEqualTo(bytes("1"));
        assertThat(store.get(bytes("b"), then)).isNull();
        try (Cursor cursor = store.cursor(then)) {
          assertThat(keys(cursor)).containsExactly("a");
        }
      }
      assertThat(store.get(bytes("a"))).isEqualTo(bytes("2"));
    }
  }

  @Test
  void aBatchHappensAsAWhole() {
    try (ZapStore store = Zap.open(GivenDevice.emptyOr(SMALL), OPTIONS)) {
      store.put(bytes("gone"), bytes("x"));
      WriteBatch batch = new WriteBatch();
      batch.put(bytes("a"), bytes("1"));
      batch.put(bytes("b"), bytes("2"));
      batch.delete(bytes("gone"));
      batch.put(bytes("a"), bytes("3"));
      store.write(batch);
      try (Cursor cursor = store.cursor(KeyRange.all(), null)) {
        assertThat(keys(cursor)).containsExactly("a", "b");
      }
      assertThat(store.get(bytes("a"))).isEqualTo(bytes("3"));
    }
  }

  @Test
  void manyOverwritesAndDeletesLeaveWhatAMapWouldHold(@TempDir Path folder) {
    long seed = 42;
    SplittableRandom random = new SplittableRandom(seed);
    TreeMap<String, byte[]> model = new TreeMap<>();
    String device =
        GivenDevice.emptyOr(
            "emu:" + folder.resolve("d") + "?zones=128&capacity=1MiB&append=128KiB");
    for (int round = 0; round < 3; round++) {
      try (ZapStore store = Zap.open(device, OPTIONS)) {
        verify(store, model);
        for (int i = 0; i < 60_000; i++) {
          String key = "key%06d".formatted(random.nextInt(20_000));
          if (random.nextInt(5) == 0) {
            store.delete(bytes(key));
            model.remove(key);
          } else {
            byte[] value = new byte[random.nextInt(300)];
            random.nextBytes(value);
            store.put(bytes(key), value);
            model.put(key, value);
          }
        }
        verify(store, model);
        if (round == 1) {
          store.compact();
          verify(store, model);
        }
      }
    }
  }

  @Test
  void aClosedStoreRefusesEverythingAndClosesTwice() {
    ZapStore store = Zap.open(GivenDevice.emptyOr(SMALL), OPTIONS);
    store.put(bytes("a"), bytes("1"));
    Cursor cursor = store.cursor();
    cursor.first();
    store.close();
    store.close();
    assertThatThrownBy(() -> store.get(bytes("a"))).isInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> store.put(bytes("a"), bytes("b"))).isInstanceOf(ClosedException.class);
    assertThatThrownBy(store::snapshot).isInstanceOf(ClosedException.class);
    assertThatThrownBy(cursor::next).isInstanceOf(ClosedException.class);
    cursor.close();
  }

  private static void verify(ZapStore store, TreeMap<String, byte[]> model) {
    for (int i = 0; i < 20_000; i += 7) {
      String key = "key%06d".formatted(i);
      assertThat(store.get(bytes(key))).as(key).isEqualTo(model.get(key));
    }
    try (Cursor cursor = store.cursor()) {
      cursor.first();
      for (var entry : model.entrySet()) {
        assertThat(cursor.isValid()).isTrue();
        if (!Arrays.equals(cursor.key(), bytes(entry.getKey()))
            || !Arrays.equals(cursor.value(), entry.getValue())) {
          assertThat(text(cursor.key())).isEqualTo(entry.getKey());
          assertThat(cursor.value()).isEqualTo(entry.getValue());
        }
        cursor.next();
      }
      assertThat(cursor.isValid()).isFalse();
    }
  }

  private static List<String> keys(Cursor cursor) {
    List<String> keys = new ArrayList<>();
    for (cursor.first(); cursor.isValid(); cursor.next()) {
      keys.add(text(cursor.key()));
    }
    return keys;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
