package io.zapkv.engine.table;

import io.zapkv.api.CorruptionException;
import io.zapkv.engine.base.Keys;
import io.zapkv.engine.filter.FilterReader;
import io.zapkv.engine.format.BlockHandle;
import io.zapkv.engine.format.EnvelopeKind;
import io.zapkv.engine.format.TableFooterDescriptor;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.format.ValueKind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads a whole table from the device and notes what is wrong with it.
///
/// **Threading.** One thread, one use.
///
/// **Bounds.** At most [#PROBLEMS_MAX] problems: who has so many has lost the table.
final class TableVerifier {
  private static final int PROBLEMS_MAX = 100;

  private final TableMeta meta;
  private final TableContext context;
  private final TableFooterDescriptor footer;
  private final TableIndex index;
  private final FilterReader filter;
  private final BlockLoader loader;
  private final ChunkReader chunks;
  private final Set<Long> chunksSeen = new HashSet<>();
  private final List<CorruptionException> problems = new ArrayList<>();
  private final Arena arena = Arena.ofConfined();
  private final GrowingBuffer stored = new GrowingBuffer(arena, 8 << 10);
  private final GrowingBuffer leafBytes = new GrowingBuffer(arena, 8 << 10);
  private final GrowingBuffer filterBytes = new GrowingBuffer(arena, 8 << 10);
  private final GrowingBuffer blockBytes = new GrowingBuffer(arena, 8 << 10);
  private final GrowingBuffer lastKey = new GrowingBuffer(arena, 256);
  private final BlockReader leaf = new BlockReader();
  private final BlockCursor block = new BlockCursor(new GrowingBuffer(arena, 256));

  private int filterLength;
  private int lastKeyLength;
  private long lastSequence;
  private int dataBlocks;
  private long blocks;
  private long entries;
  private long deletions;
  private long rawBytes;
  private long smallestSequence = Long.MAX_VALUE;
  private long largestSequence;

  TableVerifier(
      TableMeta meta,
      TableContext context,
      TableFooterDescriptor footer,
      TableIndex index,
      FilterReader filter,
      BlockLoader loader) {
    this.meta = meta;
    this.context = context;
    this.footer = footer;
    this.index = index;
    this.filter = filter;
    this.loader = loader;
    this.chunks = new ChunkReader(meta, context);
  }

  TableCheck verify() {
    try (arena) {
      noting(this::open);
      for (int number = 0; number < index.leaves() && !isEnough(); number++) {
        int now = number;
        noting(() -> leaf(now));
      }
      if (problems.isEmpty()) {
        noting(this::compareCounts);
      }
    }
    return new TableCheck(blocks, entries, problems);
  }

  /// Footer and upper index once more, from the device.
  private void open() {
    TableOpener opener = new TableOpener(meta, context);
    opener.index(opener.footer()).close();
  }

  private void leaf(int number) {
    MemorySegment handles = index.memory();
    long filterAt = index.filterHandle(number);
    chunk(handles, filterAt, EnvelopeKind.TABLE_META);
    loader.load(handles, filterAt, stored, filterBytes);
    blocks++;
    filterLength = BlockHandle.rawBytes(handles, filterAt);
    expect(handles, filterAt, "a filter of whole lines", FilterReader.isFilter(filterLength));
    long at = index.leafHandle(number);
    chunk(handles, at, EnvelopeKind.TABLE_META);
    loader.load(handles, at, stored, leafBytes);
    blocks++;
    leaf.open(
        leafBytes.segment(),
        0,
        BlockHandle.rawBytes(handles, at),
        meta.id(),
        BlockHandle.ordinal(handles, at));
    for (int entry = 0; entry < leaf.restartCount() && !isEnough(); entry++) {
      int now = entry;
      noting(() -> block(number, now));
    }
  }

  private void block(int leafNumber, int entry) {
    leaf.decodeRestart(entry);
    MemorySegment handles = leaf.block();
    long at = TableReader.handleOf(leaf);
    int ordinal = BlockHandle.ordinal(handles, at);
    int expected = dataBlocks++;
    expect(handles, at, "the next ordinal", ordinal == expected);
    chunk(handles, at, EnvelopeKind.TABLE_DATA);
    loader.load(handles, at, stored, blockBytes);
    blocks++;
    block.open(blockBytes.segment(), 0, BlockHandle.rawBytes(handles, at), meta.id(), ordinal);
    block.first();
    expect(
        handles,
        at,
        "a separator behind the entry before",
        entries == 0 || separatorAgainst(lastKey.segment(), lastKeyLength, lastSequence) > 0);
    expect(
        handles,
        at,
        "a separator at or before the first entry",
        separatorAgainst(block.keySegment(), block.keyLength(), block.sequence()) <= 0);
    expect(
        handles,
        at,
        "the leaf that the index leads to",
        index.floor(block.keySegment(), 0, block.keyLength(), block.sequence()) == leafNumber);
    for (; block.isValid(); block.next()) {
      entry(handles, at);
    }
  }

  private void entry(MemorySegment handles, long at) {
    MemorySegment key = block.keySegment();
    int keyLength = block.keyLength();
    if (entries == 0) {
      expect(handles, at, "the first key", isKey(footer.firstKey(), key, keyLength));
    } else {
      int order = Keys.compare(lastKey.segment(), 0, lastKeyLength, key, 0, keyLength);
      expect(
          handles,
          at,
          "entries in order",
          order < 0 || (order == 0 && lastSequence > block.sequence()));
    }
    expect(
        handles,
        at,
        "a filter that has the key",
        filter.mayContain(filterBytes.segment(), 0, filterLength, Keys.hash(key, 0, keyLength)));
    lastKey.atLeast(keyLength);
    MemorySegment.copy(key, 0, lastKey.segment(), 0, keyLength);
    lastKeyLength = keyLength;
    lastSequence = block.sequence();
    entries++;
    deletions += (block.kind() & ~ValueKind.EXPIRY_FLAG) == ValueKind.DELETE ? 1 : 0;
    rawBytes += (long) keyLength + block.valueLength();
    smallestSequence = Math.min(smallestSequence, lastSequence);
    largestSequence = Math.max(largestSequence, lastSequence);
  }

  /// Compares the decoded separator with an entry.
  private int separatorAgainst(MemorySegment key, int keyLength, long sequence) {
    int order =
        Keys.compare(leaf.block(), leaf.suffixOffset(), leaf.suffixLength(), key, 0, keyLength);
    return order != 0 ? order : Long.compare(sequence, Trailer.sequence(leaf.trailer()));
  }

  private void compareCounts() {
    compare("entries", footer.entries(), entries);
    compare("deletions", footer.deletions(), deletions);
    compare("raw bytes", footer.rawBytes(), rawBytes);
    compare("data blocks", footer.dataBlocks(), dataBlocks);
    compare("smallest sequence", footer.smallestSequence(), smallestSequence);
    compare("largest sequence", footer.largestSequence(), largestSequence);
    if (!isKey(footer.lastKey(), lastKey.segment(), lastKeyLength)) {
      throw footer("the last key", "another");
    }
  }

  private void compare(String what, long expected, long got) {
    if (expected != got) {
      throw footer(what + " " + expected, Long.toString(got));
    }
  }

  private CorruptionException footer(String expected, String got) {
    return context.corrupt(meta.id(), meta.footerAddress(), "footer", expected, got);
  }

  /// Checks the chunk a handle leads to, once.
  private void chunk(MemorySegment handles, long at, EnvelopeKind kind) {
    long address = BlockHandle.address(handles, at);
    if (chunksSeen.add(address)) {
      try (Arena own = Arena.ofConfined()) {
        chunks.payload(address, kind, own);
      }
    }
  }

  private void expect(MemorySegment handles, long at, String expected, boolean holds) {
    if (!holds) {
      BlockHandle handle = BlockHandle.read(handles, at);
      throw context.corrupt(
          meta.id(), handle.address(), "block " + handle.ordinal(), expected, "another");
    }
  }

  private void noting(Runnable step) {
    try {
      step.run();
    } catch (CorruptionException problem) {
      problems.add(problem);
    }
  }

  private boolean isEnough() {
    return problems.size() >= PROBLEMS_MAX;
  }

  private static boolean isKey(byte[] expected, MemorySegment key, int keyLength) {
    return Keys.equal(MemorySegment.ofArray(expected), 0, expected.length, key, 0, keyLength);
  }
}
