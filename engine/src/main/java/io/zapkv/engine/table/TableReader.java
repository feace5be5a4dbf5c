package io.zapkv.engine.table;

import io.zapkv.api.CorruptionException;
import io.zapkv.api.UnsupportedException;
import io.zapkv.api.ZapException;
import io.zapkv.engine.base.Keys;
import io.zapkv.engine.base.MemoryBudget;
import io.zapkv.engine.filter.FilterReader;
import io.zapkv.engine.format.BlockHandle;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.TableFooterDescriptor;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.format.ValueKind;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// One open table.
///
/// ```
///   index (held) ─► leaf ─┬─► filter ── surely not ──► NOT_HERE
///                         └─► leaf index ─► data block ─► entry
/// ```
///
/// **Threading.** Any thread, inside the read gate for the length of a [#get] and the use of its
/// result.
///
/// **Memory.** It holds the index above the leaves, charged to the budget. All else comes through
/// the cache; a block that is not compressed is searched in place where the device is mapped.
///
/// **Failures.** [CorruptionException] for bytes that are not what was written; never a wrong
/// answer.
public final class TableReader implements AutoCloseable {
  private final TableMeta meta;
  private final TableContext context;

  /// Null where the table could not be opened.
  private final @Nullable Parts parts;

  /// Why it could not be opened; null where it could.
  private final @Nullable ZapException damage;

  /// What an open table has.
  private record Parts(
      TableFooterDescriptor footer, TableIndex index, FilterReader filter, BlockLoader loader) {}

  private TableReader(
      TableMeta meta, TableContext context, @Nullable Parts parts, @Nullable ZapException damage) {
    this.meta = meta;
    this.context = context;
    this.parts = parts;
    this.damage = damage;
  }

  /// Opens a table: reads and checks its footer and its index above the leaves.
  public static TableReader open(TableMeta meta, TableContext context) {
    TableOpener opener = new TableOpener(meta, context);
    TableFooterDescriptor footer = opener.footer();
    TableIndex index = opener.index(footer);
    context.budget().charge(MemoryBudget.Use.TABLE_INDEX, index.heldBytes());
    Parts parts =
        new Parts(
            footer,
            index,
            new FilterReader(footer.filterProbes()),
            new BlockLoader(meta.id(), context, footer.dataBlocks(), footer.blockBytesMax()));
    return new TableReader(meta, context, parts, null);
  }

  /// Opens a table; one that cannot be opened refuses each use, so that a damaged footer costs the
  /// keys of its table and not the whole store.
  public static TableReader openOrRefuse(TableMeta meta, TableContext context) {
    try {
      return open(meta, context);
    } catch (ZapException damage) {
      return new TableReader(meta, context, null, damage);
    }
  }

  private Parts parts() {
    Parts opened = parts;
    if (opened == null) {
      throw refusal();
    }
    return opened;
  }

  private ZapException refusal() {
    return switch (damage) {
      case null -> throw new AssertionError("a table that is neither open nor damaged");
      case CorruptionException e -> // anew, for its stack
          new CorruptionException(e.where(), e.expected(), e.got(), e);
      case ZapException e -> e;
    };
  }

  /// What the manifest says of the table.
  public TableMeta meta() {
    return meta;
  }

  /// Looks for the newest entry of a key whose sequence is at most `maxSequence`.
  ///
  /// @param hash the key's [io.zapkv.engine.base.Keys#hash]
  /// @return the state of `out`
  public int get(
      MemorySegment key,
      long keyOffset,
      int keyLength,
      long hash,
      long maxSequence,
      GetResult out) {
    try {
      return find(key, keyOffset, keyLength, hash, maxSequence, out);
    } catch (ZapException damage) {
      // The manifest knows without the table which keys it cannot have.
      if (isOutside(key, keyOffset, keyLength)) {
        return out.notHere();
      }
      throw damage;
    }
  }

  private boolean isOutside(MemorySegment key, long keyOffset, int keyLength) {
    return Keys.compare(meta.smallest(), key, keyOffset, keyLength) > 0
        || Keys.compare(meta.largest(), key, keyOffset, keyLength) < 0;
  }

  private int find(
      MemorySegment key,
      long keyOffset,
      int keyLength,
      long hash,
      long maxSequence,
      GetResult out) {
    Parts table = parts();
    TableIndex index = table.index;
    BlockLoader loader = table.loader;
    int leaf = index.floor(key, keyOffset, keyLength, maxSequence);
    BlockSlot slot = out.slot;
    if (table.filter.isSelective()) {
      loader.fetch(index.memory(), index.filterHandle(leaf), slot);
      if (!mayContain(table.filter, slot, hash)) {
        return out.notHere();
      }
    }
    BlockReader reader = out.reader;
    long handle = index.leafHandle(leaf);
    loader.fetch(index.memory(), handle, slot);
    open(reader, slot, index.memory(), handle);
    reader.seekFloor(key, keyOffset, keyLength, maxSequence);
    // The handle lies in the leaf, which a private buffer may lose when the data block comes to it.
    MemorySegment leafBlock = reader.block();
    handle = handleOf(reader);
    int ordinal = BlockHandle.ordinal(leafBlock, handle);
    loader.fetch(leafBlock, handle, slot);
    reader.open(slot.segment(), slot.offset(), slot.length(), meta.id(), ordinal);
    if (!reader.seek(key, keyOffset, keyLength, maxSequence)) {
      return out.notHere();
    }
    return result(reader, out);
  }

  /// A cursor over all entries, at none of them. It holds private memory only, so its caller need
  /// not be inside the read gate; the table must stay open as long.
  public InternalCursor cursor() {
    Parts table = parts();
    return new TableCursor(meta.id(), table.index, table.loader, context.buffers());
  }

  /// Reads every byte of the table from the device and checks it: checksums and envelopes, order,
  /// separators, counts, filters, and that footer and manifest tell the truth.
  ///
  /// @return what was read, and what is wrong, in the order found
  public TableCheck verify() {
    Parts table = parts();
    return new TableVerifier(meta, context, table.footer, table.index, table.filter, table.loader)
        .verify();
  }

  /// Frees the index. Requires: nobody is inside, and nobody comes; cursors are closed.
  @Override
  public void close() {
    if (parts != null) {
      context.budget().release(MemoryBudget.Use.TABLE_INDEX, parts.index.heldBytes());
      parts.index.close();
    }
  }

  /// The handle in an entry of a leaf.
  static long handleOf(BlockReader reader) {
    if (reader.valueLength() != BlockHandle.BYTES) {
      throw reader.corrupt("a handle", reader.valueLength() + " bytes");
    }
    return reader.valueOffset();
  }

  private boolean mayContain(FilterReader filter, BlockSlot slot, long hash) {
    if (!FilterReader.isFilter(slot.length())) {
      throw context.corrupt(
          meta.id(), meta.footerAddress(), "filter", "whole lines", slot.length() + " bytes");
    }
    return filter.mayContain(slot.segment(), slot.offset(), slot.length(), hash);
  }

  private void open(BlockReader reader, BlockSlot slot, MemorySegment handles, long at) {
    reader.open(
        slot.segment(), slot.offset(), slot.length(), meta.id(), BlockHandle.ordinal(handles, at));
  }

  private int result(BlockReader reader, GetResult out) {
    int kind = Trailer.kind(reader.trailer());
    long sequence = Trailer.sequence(reader.trailer());
    if (kind == ValueKind.PUT) {
      return out.found(sequence, reader.block(), reader.valueOffset(), reader.valueLength());
    }
    if (kind == ValueKind.DELETE) {
      return out.deleted(sequence);
    }
    throw new UnsupportedException(
        "table " + meta.id(),
        "entries of a kind this release knows",
        "kind " + kind,
        "open the store with the release that wrote it, or a later one",
        null);
  }
}
