package io.zapkv.engine.wal;

import java.lang.foreign.MemorySegment;

/// Takes the records of a [LogReplay], in the order in which they were written.
@FunctionalInterface
public interface RecordSink {
  /// A record; its bytes are good during the call.
  ///
  /// @param kind the [io.zapkv.engine.format.ValueKind] code, flags included
  /// @param sequence as it was acknowledged
  void record(
      int kind,
      MemorySegment memory,
      long keyOffset,
      int keyBytes,
      long valueOffset,
      int valueBytes,
      long sequence);
}
