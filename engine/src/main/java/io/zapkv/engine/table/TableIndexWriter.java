package io.zapkv.engine.table;

import io.zapkv.engine.append.AppendStream;
import io.zapkv.engine.format.BlockDescriptor;
import io.zapkv.engine.format.BlockHandle;
import io.zapkv.engine.format.EnvelopeKind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Writes a table's leaves and the levels above them, each level once the one below has landed.
///
/// **Threading.** One thread at a time.
final class TableIndexWriter {
  /// In an index every entry is a restart: a search is a binary search and nothing else.
  private static final int RESTART_INTERVAL = 1;

  private final AppendStream stream;
  private final BlockSink sink;
  private final int indexBytesMax;
  private final BlockWriter block;
  private final MemorySegment handles;
  private final List<Leaf> leaves = new ArrayList<>();
  private int levels;

  /// @param payloadBytes what a chunk holds before it is sent
  TableIndexWriter(AppendStream stream, BlockSink sink, int payloadBytes, Arena arena) {
    this.stream = stream;
    this.sink = sink;
    this.indexBytesMax = payloadBytes - BlockDescriptor.TRAILER_BYTES;
    this.block = new BlockWriter(arena, RESTART_INTERVAL);
    this.handles = arena.allocate(TableRoom.LEAF_ENTRY_BYTES);
  }

  /// Adds a leaf over data blocks that were sent.
  void addLeaf(List<IndexEntry> blocks, byte[] filter) {
    leaves.add(new Leaf(List.copyOf(blocks), MemorySegment.ofArray(filter)));
  }

  int leaves() {
    return leaves.size();
  }

  int levels() {
    return levels;
  }

  /// Writes it all; returns the root, which has landed. Requires: all data blocks have landed.
  BlockHandle finish() {
    sink.begin(EnvelopeKind.TABLE_META);
    List<IndexEntry> level = writeLeaves();
    int handleBytes = TableRoom.LEAF_ENTRY_BYTES;
    do {
      land();
      level = writeLevel(level, handleBytes);
      handleBytes = BlockHandle.BYTES;
      levels++;
    } while (level.size() > 1);
    land();
    return level.getFirst().block().handle(stream);
  }

  private void land() {
    sink.flush();
    stream.drain();
  }

  private List<IndexEntry> writeLeaves() {
    List<IndexEntry> written = new ArrayList<>(leaves.size());
    for (Leaf leaf : leaves) {
      IndexEntry.Piece filter = sink.add(leaf.filter, (int) leaf.filter.byteSize());
      for (IndexEntry entry : leaf.blocks) {
        add(entry, BlockHandle.BYTES);
      }
      IndexEntry first = leaf.blocks.getFirst();
      written.add(new IndexEntry(first.key(), first.trailer(), writeBlock(), filter));
    }
    return written;
  }

  private List<IndexEntry> writeLevel(List<IndexEntry> below, int handleBytes) {
    List<IndexEntry> written = new ArrayList<>();
    IndexEntry first = below.getFirst();
    for (IndexEntry entry : below) {
      int bytes = TableRoom.indexEntryBytes(entry.keyLength(), handleBytes);
      if (!block.isEmpty() && block.lengthBytes() + bytes > indexBytesMax) {
        written.add(new IndexEntry(first.key(), first.trailer(), writeBlock()));
        first = entry;
      }
      add(entry, handleBytes);
    }
    written.add(new IndexEntry(first.key(), first.trailer(), writeBlock()));
    return written;
  }

  private void add(IndexEntry entry, int handleBytes) {
    entry.block().handle(stream).write(handles, 0);
    if (handleBytes == TableRoom.LEAF_ENTRY_BYTES) {
      entry.filter().handle(stream).write(handles, BlockHandle.BYTES);
    }
    block.add(entry.key(), 0, entry.keyLength(), entry.trailer(), handles, 0, handleBytes);
  }

  private IndexEntry.Piece writeBlock() {
    int length = block.finish();
    IndexEntry.Piece piece = sink.add(block.segment(), length);
    block.reset();
    return piece;
  }

  /// @param blocks the data blocks of the leaf
  /// @param filter over all their keys
  private record Leaf(List<IndexEntry> blocks, MemorySegment filter) {}
}
