package io.zapkv.engine.read;

import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.table.TableMeta;

/// Opens cursors over tables, so that who walks a level need not know how a table is read.
@FunctionalInterface
public interface TableCursors {
  /// A cursor over all entries of `table`, standing nowhere yet; the caller closes it.
  InternalCursor open(TableMeta table);
}
