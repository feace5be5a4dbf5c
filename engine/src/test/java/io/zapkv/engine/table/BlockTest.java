package io.zapkv.engine.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.api.CorruptionException;
import io.zapkv.engine.format.BlockDescriptor;
import io.zapkv.engine.format.Layouts;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.format.ValueKind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockTest {
  private final Arena arena = Arena.ofConfined();
  private final BlockCursor cursor = new BlockCursor(new GrowingBuffer(arena, 8));

  @AfterEach
  void freeTheBlocks() {
    arena.close();
  }

  @Test
  void everyEntryIsWalkedInBothDirections() {
    for (long seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      TreeMap<TestKey, byte[]> model = TestKey.entries(random, 1 + random.nextInt(200));
      MemorySegment block = write(model, random.nextBoolean() ? 16 : 1 + random.nextInt(4));
      open(block);
      List<TestKey> keys = new ArrayList<>(model.keySet());
      cursor.first();
      for (TestKey key : keys) {
        assertAt(key, model.get(key), seed);
        cursor.next();
      }
      assertThat(cursor.isValid()).isFalse();
      cursor.last();
      for (TestKey key : keys.reversed()) {
        assertAt(key, model.get(key), seed);
        cursor.prev();
      }
      assertThat(cursor.isValid()).isFalse();
    }
  }

  @Test
  void seekFindsTheFirstEntryAtOrAfter() {
    for (long seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      TreeMap<TestKey, byte[]> model = TestKey.entries(random, 1 + random.nextInt(200));
      open(write(model, random.nextBoolean() ? 16 : 1));
      for (int i = 0; i < 200; i++) {
        TestKey bound = TestKey.near(random, model);
        cursor.seek(bound.segment(), 0, bound.key().length, bound.sequence());
        TestKey expected = model.ceilingKey(bound);
        if (expected == null) {
          assertThat(cursor.isValid()).as("seed %d", seed).isFalse();
        } else {
          assertAt(expected, model.get(expected), seed);
          cursor.prev();
          TestKey before = model.lowerKey(expected);
          if (before == null) {
            assertThat(cursor.isValid()).isFalse();
          } else {
            assertAt(before, model.get(before), seed);
          }
        }
      }
    }
  }

  @Test
  void theSearchForGetAgreesWithTheWalk() {
    BlockReader reader = new BlockReader();
    for (long seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      TreeMap<TestKey, byte[]> model = TestKey.entries(random, 1 + random.nextInt(200));
      MemorySegment block = write(model, 16);
      reader.open(block, 0, (int) block.byteSize(), 1, 0);
      for (int i = 0; i < 200; i++) {
        TestKey bound = TestKey.near(random, model);
        boolean found = reader.seek(bound.segment(), 0, bound.key().length, bound.sequence());
        TestKey expected = model.ceilingKey(bound);
        assertThat(reader.isValid()).as("seed %d", seed).isEqualTo(expected != null);
        assertThat(found)
            .as("seed %d", seed)
            .isEqualTo(expected != null && expected.isOf(bound.key()));
        if (expected != null) {
          assertThat(Trailer.sequence(reader.trailer())).isEqualTo(expected.sequence());
        }
      }
    }
  }

  @Test
  void inAnIndexBlockTheLastEntryAtOrBeforeIsFound() {
    BlockReader reader = new BlockReader();
    for (long seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      TreeMap<TestKey, byte[]> model = TestKey.entries(random, 1 + random.nextInt(100));
      MemorySegment block = write(model, 1);
      reader.open(block, 0, (int) block.byteSize(), 1, 0);
      List<TestKey> keys = new ArrayList<>(model.keySet());
      for (int i = 0; i < 200; i++) {
        TestKey bound = TestKey.near(random, model);
        int index = reader.seekFloor(bound.segment(), 0, bound.key().length, bound.sequence());
        TestKey expected = model.floorKey(bound);
        assertThat(index).isEqualTo(expected == null ? 0 : keys.indexOf(expected));
      }
    }
  }

  @Test
  void hostileBytesEndInACorruptionExceptionOrAnEnd() {
    int refused = 0;
    for (long seed = 0; seed < 400; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      TreeMap<TestKey, byte[]> model = TestKey.entries(random, 1 + random.nextInt(60));
      MemorySegment block = write(model, 16);
      for (int i = 0; i <= random.nextInt(4); i++) {
        long at =
            random.nextBoolean()
                ? random.nextLong(block.byteSize())
                : block.byteSize() - 1 - random.nextLong(Math.min(8, block.byteSize()));
        block.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextInt());
      }
      // A block of its own length: one byte further would be out of bounds.
      try {
        open(block);
        int steps = 0;
        int most = (int) block.byteSize();
        for (cursor.first(); cursor.isValid() && steps <= most; cursor.next()) {
          steps++;
        }
        for (cursor.last(); cursor.isValid() && steps <= 2 * most; cursor.prev()) {
          steps++;
        }
        assertThat(steps).as("seed %d", seed).isLessThan(2 * most);
        TestKey bound = TestKey.near(random, model);
        cursor.seek(bound.segment(), 0, bound.key().length, bound.sequence());
      } catch (CorruptionException _) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void noiseIsRefused() {
    int refused = 0;
    for (long seed = 0; seed < 2000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] noise = new byte[random.nextInt(80)];
      random.nextBytes(noise);
      if (noise.length >= 4) {
        MemorySegment.ofArray(noise).set(Layouts.U32, noise.length - 4, 1 + random.nextInt(2));
      }
      try {
        open(MemorySegment.ofArray(noise));
        cursor.last();
      } catch (CorruptionException _) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(1900);
  }

  @Test
  void aChecksumTellsTableAndOrdinal() {
    MemorySegment chunk = arena.allocate(100);
    BlockDescriptor.seal(chunk, 7, 50, BlockDescriptor.TYPE_NONE, 50, 12, 3);
    assertThat(BlockDescriptor.isWhole(chunk, 7, 50, 12, 3)).isTrue();
    assertThat(BlockDescriptor.isWhole(chunk, 7, 50, 13, 3)).isFalse();
    assertThat(BlockDescriptor.isWhole(chunk, 7, 50, 12, 4)).isFalse();
    assertThat(BlockDescriptor.rawBytes(chunk, 7, 50)).isEqualTo(50);
    for (int i = 7; i < 7 + 50 + BlockDescriptor.TRAILER_BYTES; i++) {
      byte was = chunk.get(ValueLayout.JAVA_BYTE, i);
      chunk.set(ValueLayout.JAVA_BYTE, i, (byte) (was ^ 0x10));
      assertThat(BlockDescriptor.isWhole(chunk, 7, 50, 12, 3)).isFalse();
      chunk.set(ValueLayout.JAVA_BYTE, i, was);
    }
  }

  @Test
  void claimsThatCannotBeTrueAreRefused() {
    assertThat(BlockDescriptor.isPossible(100, 25_500, 1 << 20)).isTrue();
    assertThat(BlockDescriptor.isPossible(100, 25_501, 1 << 20)).isFalse();
    assertThat(BlockDescriptor.isPossible(100, 5000, 4096)).isFalse();
    assertThat(BlockDescriptor.isPossible(100, 99, 4096)).isFalse();
    assertThat(BlockDescriptor.isPossible(0, 0, 4096)).isFalse();
    assertThat(BlockDescriptor.isPossible(-1, 10, 4096)).isFalse();
    assertThat(BlockDescriptor.isPossible(10, -1, 4096)).isFalse();
  }

  @Test
  void anEmptyBlockIsRefused() {
    assertThatThrownBy(() -> open(MemorySegment.ofArray(new byte[4])))
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("table 1, block 0")
        .hasMessageContaining("4 bytes");
  }

  private void open(MemorySegment block) {
    cursor.open(block, 0, (int) block.byteSize(), 1, 0);
  }

  private MemorySegment write(TreeMap<TestKey, byte[]> entries, int restartInterval) {
    BlockWriter writer = new BlockWriter(arena, restartInterval);
    entries.forEach((key, value) ->
        writer.add(
            key.segment(),
            0,
            key.key().length,
            Trailer.of(key.sequence(), ValueKind.PUT),
            MemorySegment.ofArray(value),
            0,
            value.length));
    int expected = writer.lengthBytes();
    int length = writer.finish();
    assertThat(length).isEqualTo(expected);
    MemorySegment copy = arena.allocate(length);
    MemorySegment.copy(writer.segment(), 0, copy, 0, length);
    return copy;
  }

  private void assertAt(TestKey key, byte[] value, long seed) {
    assertThat(cursor.isValid()).as("seed %d", seed).isTrue();
    assertThat(TestKey.keyOf(cursor)).as("seed %d", seed).isEqualTo(key.key());
    assertThat(cursor.sequence()).isEqualTo(key.sequence());
    assertThat(TestKey.valueOf(cursor)).isEqualTo(value);
  }
}
