package io.zapkv.engine.compaction;

import io.zapkv.engine.table.TableMeta;
import java.util.Arrays;
import java.util.List;

/// The tables of one level above 0, made quick to ask what overlaps a span and how much that is.
final class SortedRun {
  private final List<TableMeta> tables;
  private final long[] blocksBefore; // of the tables before this one

  SortedRun(List<TableMeta> tables) {
    this.tables = tables;
    this.blocksBefore = new long[tables.size() + 1];
    for (int i = 0; i < tables.size(); i++) {
      blocksBefore[i + 1] = blocksBefore[i] + tables.get(i).blocks();
    }
  }

  List<TableMeta> overlapping(KeySpan span) {
    int first = firstOverlapping(span);
    return tables.subList(first, Math.max(first, endOverlapping(span)));
  }

  long overlappingBlocks(KeySpan span) {
    int first = firstOverlapping(span);
    return blocksBefore[Math.max(first, endOverlapping(span))] - blocksBefore[first];
  }

  boolean overlaps(KeySpan span) {
    return firstOverlapping(span) < endOverlapping(span);
  }

  /// The tables just before and just after those that overlap `span`, where there are such.
  List<TableMeta> neighbours(KeySpan span) {
    int before = firstOverlapping(span) - 1;
    int after = endOverlapping(span);
    boolean hasBefore = before >= 0;
    boolean hasAfter = after < tables.size();
    if (hasBefore && hasAfter) {
      return List.of(tables.get(before), tables.get(after));
    }
    return hasBefore
        ? List.of(tables.get(before))
        : hasAfter ? List.of(tables.get(after)) : List.of();
  }

  /// The first table that ends at or after the span's start.
  private int firstOverlapping(KeySpan span) {
    int low = 0;
    int high = tables.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(tables.get(middle).largest(), span.smallest()) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// The first table that starts after the span's end.
  private int endOverlapping(KeySpan span) {
    int low = 0;
    int high = tables.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(tables.get(middle).smallest(), span.largest()) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
