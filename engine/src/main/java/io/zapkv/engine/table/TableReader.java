package io.zapkv.engine.table;

import io.zapkv.api.CorruptionException;
import io.zapkv.api.UnsupportedException;
import io.zapkv.engine.base.MemoryBudget;
import io.zapkv.engine.filter.FilterReader;
import io.zapkv.engine.format.BlockHandle;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.TableFooterDescriptor;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.format.ValueKind;
import java.lang.foreign.MemorySegment;
import java.util.List;

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
  private final TableFooterDescriptor footer;
  private final TableIndex index;
  private final FilterReader filter;
  private final BlockLoader loader;

  private TableReader(
      TableMeta meta, TableContext context, TableFooterDescriptor footer, TableIndex index) {
    this.meta = meta;
    this.context = context;
    this.footer = footer;
    this.index = index;
    this.filter = new FilterReader(footer.filterProbes());
    this.loader = new BlockLoader(meta.id(), context, footer.dataBlocks(), footer.blockBytesMax());
  }

  /// Opens a table: reads and checks its footer and its index above the leaves.
  public static TableReader open(TableMeta meta, TableContext context) {
    TableOpener opener = new TableOpener(meta, context);
    TableFooterDescriptor footer = opener.footer();
    TableIndex index = opener.index(footer);
    context.budget().charge(MemoryBudget.Use.TABLE_INDEX, index.heldBytes());
    return new TableReader(meta, context, footer, index);
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
    int leaf = index.floor(key, keyOffset, keyLength, maxSequence);
    BlockSlot slot = out.slot;
    loader.fetch(index.memory(), index.filterHandle(leaf), slot);
    if (!mayContain(slot, hash)) {
      return out.notHere();
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
    return new TableCursor(meta.id(), index, loader, context.buffers());
  }

  /// Reads every byte of the table from the device and checks it: checksums and envelopes, order,
  /// separators, counts, filters, and that footer and manifest tell the truth.
  ///
  /// @return what is wrong, in the order found; empty where nothing is
  public List<CorruptionException> verify() {
    return new TableVerifier(meta, context, footer, index, filter, loader).verify();
  }

  /// Frees the index. Requires: nobody is inside, and nobody comes; cursors are closed.
  @Override
  public void close() {
    context.budget().release(MemoryBudget.Use.TABLE_INDEX, index.heldBytes());
    index.close();
  }

  /// The handle in an entry of a leaf.
  static long handleOf(BlockReader reader) {
    if (reader.valueLength() != BlockHandle.BYTES) {
      throw reader.corrupt("a handle", reader.valueLength() + " bytes");
    }
    return reader.valueOffset();
  }

  private boolean mayContain(BlockSlot slot, long hash) {
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
