package io.zapkv.engine.compaction;

import io.zapkv.engine.table.TableMeta;
import java.lang.foreign.MemorySegment;

/// A table being written. It ends by [#finish] or by [#abandon], once.
///
/// **Threading.** One thread.
public interface TableOutput {
  /// Whether one more entry of this size fits what the table may take, one zone, its index and
  /// footer included.
  boolean hasRoomFor(int keyLength, int valueLength);

  /// Adds an entry that comes after all others in internal order.
  ///
  /// The first entry, and further versions of the last key, may come although there is no room: all
  /// versions of a key live in one table of a level, so the table then takes part of another zone.
  void add(
      MemorySegment key,
      long keyOffset,
      int keyLength,
      long sequence,
      int kind,
      MemorySegment value,
      long valueOffset,
      int valueLength);

  /// Writes what is left. When it returns, the table is on the device and would survive a power
  /// cut.
  TableMeta finish();

  /// Gives up the table; legal after [#add] or [#finish] has failed, too.
  void abandon();
}
