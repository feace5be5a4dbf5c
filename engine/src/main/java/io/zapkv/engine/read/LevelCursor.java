package io.zapkv.engine.read;

import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.table.TableMeta;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One sorted run of tables, walked as one table.
///
/// A table is opened when the walk reaches it and closed when the walk leaves it, so at most one is
/// open. That no two tables share a user key is what lets a seek look at one table only.
///
/// **Threading.** One thread at a time.
///
/// **Failures.** What opening or reading a table throws; the cursor is invalid then.
public final class LevelCursor implements InternalCursor {
  private static final int NONE = -1;

  private final List<TableMeta> tables;
  private final TableCursors opener;
  private int openIndex = NONE;
  private @Nullable InternalCursor open;

  /// A cursor over `tables`, standing nowhere.
  ///
  /// @param tables in key order, no two sharing a key
  /// @param opener opens one of them
  public LevelCursor(List<TableMeta> tables, TableCursors opener) {
    this.tables = tables;
    this.opener = opener;
  }

  @Override
  public boolean isValid() {
    return open != null && open.isValid();
  }

  @Override
  public void first() {
    if (!tables.isEmpty()) {
      table(0).first();
      forwardOverEnds();
    }
  }

  @Override
  public void last() {
    if (!tables.isEmpty()) {
      table(tables.size() - 1).last();
      backwardOverEnds();
    }
  }

  @Override
  public void seek(MemorySegment key, long keyOffset, int keyLength, long sequence) {
    int index = firstEndingAtOrAfter(key, keyOffset, keyLength);
    if (index == tables.size()) {
      closeOpen();
      return;
    }
    table(index).seek(key, keyOffset, keyLength, sequence);
    forwardOverEnds(); // all versions of the table's last key may be newer than `sequence`
  }

  @Override
  public void next() {
    current().next();
    forwardOverEnds();
  }

  @Override
  public void prev() {
    current().prev();
    backwardOverEnds();
  }

  @Override
  public MemorySegment keySegment() {
    return current().keySegment();
  }

  @Override
  public long keyOffset() {
    return current().keyOffset();
  }

  @Override
  public int keyLength() {
    return current().keyLength();
  }

  @Override
  public long sequence() {
    return current().sequence();
  }

  @Override
  public int kind() {
    return current().kind();
  }

  @Override
  public MemorySegment valueSegment() {
    return current().valueSegment();
  }

  @Override
  public long valueOffset() {
    return current().valueOffset();
  }

  @Override
  public int valueLength() {
    return current().valueLength();
  }

  @Override
  public void close() {
    closeOpen();
  }

  private void forwardOverEnds() {
    while (!current().isValid() && openIndex + 1 < tables.size()) {
      table(openIndex + 1).first();
    }
  }

  private void backwardOverEnds() {
    while (!current().isValid() && openIndex > 0) {
      table(openIndex - 1).last();
    }
  }

  private InternalCursor current() {
    return Objects.requireNonNull(open);
  }

  private InternalCursor table(int index) {
    if (open != null && openIndex == index) {
      return open;
    }
    closeOpen();
    InternalCursor opened = opener.open(tables.get(index));
    open = opened;
    openIndex = index;
    return opened;
  }

  private void closeOpen() {
    InternalCursor closing = open;
    open = null;
    openIndex = NONE;
    if (closing != null) {
      closing.close();
    }
  }

  private int firstEndingAtOrAfter(MemorySegment key, long keyOffset, int keyLength) {
    int low = 0;
    int high = tables.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Keys.compare(tables.get(middle).largest(), key, keyOffset, keyLength) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
