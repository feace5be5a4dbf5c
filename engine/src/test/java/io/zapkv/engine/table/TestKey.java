package io.zapkv.engine.table;

import io.zapkv.engine.format.InternalCursor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// A key and a sequence in internal order, for models.
record TestKey(byte[] key, long sequence) implements Comparable<TestKey> {
  @Override
  public int compareTo(TestKey other) {
    int order = Arrays.compareUnsigned(key, other.key);
    return order != 0 ? order : Long.compare(other.sequence, sequence);
  }

  boolean isOf(byte[] otherKey) {
    return Arrays.equals(key, otherKey);
  }

  MemorySegment segment() {
    return MemorySegment.ofArray(key);
  }

  /// Entries with many shared prefixes, several versions of some keys, empty keys and values.
  static TreeMap<TestKey, byte[]> entries(SplittableRandom random, int count) {
    TreeMap<TestKey, byte[]> entries = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      byte[] value = new byte[random.nextInt(10) == 0 ? random.nextInt(300) : random.nextInt(20)];
      random.nextBytes(value);
      entries.put(random(random), value);
    }
    return entries;
  }

  static TestKey random(SplittableRandom random) {
    byte[] key = new byte[random.nextInt(50) == 0 ? random.nextInt(200) : random.nextInt(12)];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (random.nextInt(8) == 0 ? random.nextInt() : 'a' + random.nextInt(2));
    }
    return new TestKey(key, random.nextInt(1, 6));
  }

  /// A bound at, just before or just after an entry, or anywhere.
  static TestKey near(SplittableRandom random, TreeMap<TestKey, byte[]> entries) {
    TestKey near = entries.floorKey(random(random));
    if (near == null || random.nextInt(4) == 0) {
      return random(random);
    }
    byte[] key = near.key;
    if (random.nextInt(3) == 0) {
      key = Arrays.copyOf(key, Math.max(0, key.length + random.nextInt(3) - 1));
    }
    return new TestKey(key, Math.max(0, near.sequence + random.nextInt(3) - 1));
  }

  static byte[] keyOf(InternalCursor cursor) {
    return cursor
        .keySegment()
        .asSlice(cursor.keyOffset(), cursor.keyLength())
        .toArray(ValueLayout.JAVA_BYTE);
  }

  static byte[] valueOf(InternalCursor cursor) {
    return cursor
        .valueSegment()
        .asSlice(cursor.valueOffset(), cursor.valueLength())
        .toArray(ValueLayout.JAVA_BYTE);
  }
}
