package io.zapkv.engine.compaction;

import io.zapkv.engine.table.TableMeta;
import java.util.Arrays;
import java.util.List;

/// The user keys from `smallest` to `largest`, both included.
final class KeySpan {
  private final byte[] smallest;
  private final byte[] largest;

  private KeySpan(byte[] smallest, byte[] largest) {
    this.smallest = smallest;
    this.largest = largest;
  }

  static KeySpan of(TableMeta table) {
    return new KeySpan(table.smallest(), table.largest());
  }

  /// The narrowest span over all of `tables`, of which there is at least one.
  static KeySpan of(List<TableMeta> tables) {
    KeySpan span = of(tables.getFirst());
    for (TableMeta table : tables) {
      span = span.with(of(table));
    }
    return span;
  }

  byte[] smallest() {
    return smallest;
  }

  byte[] largest() {
    return largest;
  }

  KeySpan with(KeySpan other) {
    return new KeySpan(
        Arrays.compareUnsigned(smallest, other.smallest) <= 0 ? smallest : other.smallest,
        Arrays.compareUnsigned(largest, other.largest) >= 0 ? largest : other.largest);
  }

  boolean overlaps(KeySpan other) {
    return Arrays.compareUnsigned(smallest, other.largest) <= 0
        && Arrays.compareUnsigned(largest, other.smallest) >= 0;
  }
}
