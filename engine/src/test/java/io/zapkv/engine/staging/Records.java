package io.zapkv.engine.staging;

import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.engine.format.ValueKind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Writes records into segments and reads back what a walk finds, for tests.
final class Records {
  private Records() {}

  /// Claims and writes a put, not yet published; returns its offset.
  static long write(StagingSegment segment, String key, String value) {
    int bytes = length(key, value);
    long offset = segment.claim(bytes);
    fill(segment, offset, key, value, 0);
    return offset;
  }

  static long put(StagingSegment segment, String key, String value) {
    long offset = write(segment, key, value);
    segment.publish(offset, length(key, value));
    return offset;
  }

  /// Claims and writes a batch of puts, its members' states set, its header's not.
  static long writeBatch(StagingSegment segment, String... keysAndValues) {
    long offset = segment.claim(batchLength(keysAndValues));
    long at = offset + RecordDescriptor.HEADER_BYTES;
    for (int i = 0; i < keysAndValues.length; i += 2) {
      String key = keysAndValues[i];
      String value = keysAndValues[i + 1];
      fill(segment, at, key, value, (int) (at - offset) / 8);
      segment.publish(at, length(key, value));
      at += length(key, value);
    }
    MemorySegment memory = segment.memory();
    int bytes = batchLength(keysAndValues);
    RecordDescriptor.describe(
        memory,
        offset,
        ValueKind.BATCH,
        0,
        bytes - RecordDescriptor.HEADER_BYTES,
        keysAndValues.length / 2);
    segment.checksum(offset, bytes);
    return offset;
  }

  static int batchLength(String... keysAndValues) {
    int bytes = RecordDescriptor.HEADER_BYTES;
    for (int i = 0; i < keysAndValues.length; i += 2) {
      bytes += length(keysAndValues[i], keysAndValues[i + 1]);
    }
    return bytes;
  }

  static int length(String key, String value) {
    return (int) RecordDescriptor.lengthBytes(key.length(), value.length());
  }

  static List<String> found(RecordWalker walker, MemorySegment memory) {
    List<String> found = new ArrayList<>();
    while (walker.next()) {
      long at = walker.offset() + RecordDescriptor.HEADER_BYTES;
      int keyBytes = RecordDescriptor.keyBytes(memory, walker.offset());
      int valueBytes = RecordDescriptor.valueBytes(memory, walker.offset());
      found.add(text(memory, at, keyBytes) + "=" + text(memory, at + keyBytes, valueBytes));
    }
    return found;
  }

  private static void fill(
      StagingSegment segment, long offset, String key, String value, int batchDistance) {
    MemorySegment memory = segment.memory();
    byte[] bytes = (key + value).getBytes(StandardCharsets.ISO_8859_1);
    MemorySegment.copy(
        bytes,
        0,
        memory,
        ValueLayout.JAVA_BYTE,
        offset + RecordDescriptor.HEADER_BYTES,
        bytes.length);
    RecordDescriptor.describe(memory, offset, ValueKind.PUT, key.length(), value.length(), 0);
    RecordDescriptor.setBatchDistance(memory, offset, batchDistance);
    RecordDescriptor.initPrevious(memory, offset, 0);
    segment.checksum(offset, length(key, value));
  }

  private static String text(MemorySegment memory, long offset, int length) {
    byte[] bytes = memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
