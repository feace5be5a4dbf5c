package io.zapkv.engine.table;

import io.zapkv.api.CorruptionException;
import io.zapkv.engine.filter.FilterReader;
import io.zapkv.engine.format.BlockDescriptor;
import io.zapkv.engine.format.BlockHandle;
import io.zapkv.engine.format.EnvelopeKind;
import io.zapkv.engine.format.TableFooterDescriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads what an open table keeps: its footer, and all levels of its index above the leaves.
///
/// **Threading.** One thread.
///
/// **Failures.** [CorruptionException] where something is not what was written, or where footer and
/// manifest do not agree.
final class TableOpener {
  private final TableMeta meta;
  private final TableContext context;

  TableOpener(TableMeta meta, TableContext context) {
    this.meta = meta;
    this.context = context;
  }

  /// The footer, checked against what the manifest says.
  TableFooterDescriptor footer() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment payload =
          new ChunkReader(meta, context)
              .payload(meta.footerAddress(), EnvelopeKind.TABLE_FOOTER, arena);
      TableFooterDescriptor footer = TableFooterDescriptor.read(payload);
      if (footer == null) {
        throw corrupt("lengths that add up", payload.byteSize() + " bytes");
      }
      check(footer);
      return footer;
    }
  }

  /// The index above the leaves.
  TableIndex index(TableFooterDescriptor footer) {
    BlockLoader loader = new BlockLoader(meta.id(), context, 0, footer.blockBytesMax());
    List<TableIndex.Leaf> leaves = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      Level reader = new Level(loader, arena);
      List<BlockHandle> level = List.of(footer.root());
      for (int above = footer.indexLevels() - 1; above > 0; above--) {
        level = reader.handles(level, footer.leaves());
      }
      for (BlockHandle block : level) {
        reader.leaves(block, leaves, footer.leaves());
      }
    }
    if (leaves.size() != footer.leaves()) {
      throw corrupt(footer.leaves() + " leaves", Integer.toString(leaves.size()));
    }
    return new TableIndex(leaves);
  }

  private void check(TableFooterDescriptor footer) {
    expect("this table", footer.tableId() == meta.id(), footer);
    expect("the manifest's keyspace", footer.keyspace() == meta.keyspace(), footer);
    expect("the manifest's entries", footer.entries() == meta.entries(), footer);
    expect("the manifest's deletions", footer.deletions() == meta.deletions(), footer);
    expect("the manifest's raw bytes", footer.rawBytes() == meta.rawBytes(), footer);
    expect(
        "the manifest's sequences",
        footer.smallestSequence() == meta.smallestSequence()
            && footer.largestSequence() == meta.largestSequence(),
        footer);
    expect(
        "the manifest's keys",
        hasFirstKey(footer.firstKey()) && Arrays.equals(footer.lastKey(), meta.largest()),
        footer);
    expect("a number of probes", FilterReader.canHave(footer.filterProbes()), footer);
    int blockBytesMax = context.source().device().geometry().appendBytesMax();
    expect(
        "blocks of one append",
        footer.blockBytesMax() > 0 && footer.blockBytesMax() <= blockBytesMax,
        footer);
    expect(
        "counts that are possible",
        footer.indexLevels() >= 1
            && footer.leaves() >= 1
            && footer.dataBlocks() >= footer.leaves()
            && footer.dataBlocks() <= footer.entries()
            && footer.dataBlocks() <= blocksMax(),
        footer);
  }

  /// A narrowed table begins before the keys that count.
  private boolean hasFirstKey(byte[] first) {
    return meta.isNarrowed()
        ? Arrays.compareUnsigned(first, meta.smallest()) <= 0
        : Arrays.equals(first, meta.smallest());
  }

  /// More blocks than have room in the table's chunks: memory is taken for each (see BlockLoader).
  private long blocksMax() {
    int blockBytes = context.source().device().geometry().blockBytes();
    return meta.blocks() * blockBytes / BlockDescriptor.TRAILER_BYTES;
  }

  private void expect(String expected, boolean holds, TableFooterDescriptor got) {
    if (!holds) {
      throw corrupt(expected, got.toString());
    }
  }

  private CorruptionException corrupt(String expected, String got) {
    return context.corrupt(meta.id(), meta.footerAddress(), "footer", expected, got);
  }

  /// Reads index blocks, one after the other.
  private final class Level {
    private final BlockLoader loader;
    private final Arena arena;
    private final GrowingBuffer stored;
    private final GrowingBuffer block;
    private final MemorySegment handle;
    private final BlockReader reader = new BlockReader();
    private final ChunkReader chunks = new ChunkReader(meta, context);
    private final Set<Long> chunksSeen = new HashSet<>();

    Level(BlockLoader loader, Arena arena) {
      this.loader = loader;
      this.arena = arena;
      this.stored = new GrowingBuffer(arena, 1 << 10);
      this.block = new GrowingBuffer(arena, 1 << 10);
      this.handle = arena.allocate(BlockHandle.BYTES);
    }

    /// The blocks that the entries of `level` lead to.
    List<BlockHandle> handles(List<BlockHandle> level, int most) {
      List<BlockHandle> below = new ArrayList<>();
      for (BlockHandle upper : level) {
        open(upper);
        for (int entry = 0; entry < reader.restartCount(); entry++) {
          decode(entry, BlockHandle.BYTES);
          below.add(BlockHandle.read(reader.block(), reader.valueOffset()));
        }
        expectAtMost(most, below.size());
      }
      return below;
    }

    /// Adds the leaves that the entries of `upper` lead to.
    void leaves(BlockHandle upper, List<TableIndex.Leaf> leaves, int most) {
      open(upper);
      for (int entry = 0; entry < reader.restartCount(); entry++) {
        decode(entry, TableRoom.LEAF_ENTRY_BYTES);
        MemorySegment key = reader.block().asSlice(reader.suffixOffset(), reader.suffixLength());
        leaves.add(
            new TableIndex.Leaf(
                MemorySegment.ofArray(key.toArray(ValueLayout.JAVA_BYTE)),
                reader.trailer(),
                BlockHandle.read(reader.block(), reader.valueOffset()),
                BlockHandle.read(reader.block(), reader.valueOffset() + BlockHandle.BYTES)));
      }
      expectAtMost(most, leaves.size());
    }

    private void open(BlockHandle upper) {
      if (chunksSeen.add(upper.address())) {
        chunks.payload(upper.address(), EnvelopeKind.TABLE_META, arena);
      }
      upper.write(handle, 0);
      loader.load(handle, 0, stored, block);
      reader.open(block.segment(), 0, upper.rawBytes(), meta.id(), upper.ordinal());
    }

    private void decode(int entry, int valueBytes) {
      reader.decodeRestart(entry);
      if (reader.valueLength() != valueBytes) {
        throw reader.corrupt("handles of " + valueBytes + " bytes", reader.valueLength() + "");
      }
    }

    private void expectAtMost(int most, int got) {
      if (got > most) {
        throw corrupt("at most " + most + " leaves", Integer.toString(got));
      }
    }
  }
}
