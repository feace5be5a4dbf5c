package io.zapkv.engine.table;

import io.zapkv.api.Compression;
import io.zapkv.engine.append.AppendStream;
import io.zapkv.engine.append.ChunkBuffer;
import io.zapkv.engine.base.Invariants;
import io.zapkv.engine.base.Keys;
import io.zapkv.engine.filter.FilterWriter;
import io.zapkv.engine.format.BlockDescriptor;
import io.zapkv.engine.format.BlockHandle;
import io.zapkv.engine.format.Envelope;
import io.zapkv.engine.format.EnvelopeKind;
import io.zapkv.engine.format.TableFooterDescriptor;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.zone.Extent;
import io.zapkv.zns.ZoneAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Writes one table: entries in, chunks out, and at the end what the manifest has to know.
///
/// ```
///   while (hasRoomFor(…)) add(…) ─► finish() ─► TableMeta, to be synced and journaled
/// ```
///
/// **Threading.** One thread at a time, the one that owns the stream.
///
/// **Memory.** One block, one compressed block, one leaf's hashes; and until the end the filters,
/// and a separator and some hundred bytes for each data block.
///
/// **Bounds.** Never more device blocks than the capacity, index and footer included, as long as
/// [#hasRoomFor] is asked before each entry. An entry must fit a chunk: the caller checks the
/// store's limits.
///
/// **Failures.** What the stream throws. The table is then lost; [#abandon] remains to be called.
public final class TableWriter implements AutoCloseable {
  private static final long UNBOUNDED = Long.MAX_VALUE;

  /* What the rest of a table takes is played on a copy of the plan (TableRoom) with what is not
   * known yet at its worst: the open block incompressible, each separator as long as its key. Where
   * less comes out, a later block may still fall into another chunk than in the play, which can
   * cost a rounding-up in each group of chunks; hence the slack.
   *
   * The play costs more than adding an entry, so it is done once for each block, with the block full
   * and one more as large behind it. While that fits, smaller entries need no play of their own.
   */
  private static final int SLACK_BLOCKS = 4;

  /// What is left of a zone is padded when it is less than this part of it.
  private static final int PADDING_PART = 20;

  private final TableOptions options;
  private final AppendStream stream;
  private final long tableId;
  private final int keyspace;
  private final long capacityBlocks;
  private final int dataBytesMax;
  private final int blockKeysMax;
  private final Arena arena = Arena.ofShared();
  private final BlockWriter block;
  private final FilterWriter filter;
  private final BlockSink sink;
  private final TableIndexWriter index;
  private final TableRoom room;
  private final TableRoom play;
  private final List<IndexEntry> leaf = new ArrayList<>();

  private byte[] firstKey = new byte[0];
  private byte[] lastKey = new byte[0];
  private byte[] separator = new byte[0];
  private long separatorTrailer;
  private long lastTrailer;
  private long entries;
  private long deletions;
  private long rawBytes;
  private long smallestSequence = Long.MAX_VALUE;
  private long largestSequence;
  private int keyLengthMax;
  private int dataBlocks;
  private long promisedBytes;
  private boolean overdrawn;
  private int safeEntryBytes = -1;
  private int safeKeyLength;
  private long finishedBlocks;
  private long footerAddress = ZoneAddress.NONE;
  private boolean closed;

  /// Requires: `stream` has begun file `tableId`.
  TableWriter(
      TableOptions options, AppendStream stream, long tableId, int keyspace, long capacityBlocks) {
    this.options = options;
    this.stream = stream;
    this.tableId = tableId;
    this.keyspace = keyspace;
    this.capacityBlocks = capacityBlocks;
    int payloadBytes = Math.min(options.chunkBytes() - Envelope.BYTES, stream.payloadBytesMax());
    dataBytesMax = Math.min(options.blockBytes(), payloadBytes - BlockDescriptor.TRAILER_BYTES);
    blockKeysMax = dataBytesMax / BlockDescriptor.ENTRY_BYTES_MIN;
    block = new BlockWriter(arena, BlockDescriptor.RESTART_INTERVAL);
    filter = new FilterWriter(options.filterBitsPerKey());
    sink = new BlockSink(stream, tableId, payloadBytes, arena);
    index = new TableIndexWriter(stream, sink, payloadBytes, arena);
    room = new TableRoom(stream, payloadBytes);
    play = new TableRoom(stream, payloadBytes);
  }

  /// A table that takes what it needs, in zones it shares with others.
  public static TableWriter sharingZones(
      TableOptions options, AppendStream stream, long tableId, int keyspace) {
    stream.begin(tableId);
    return new TableWriter(options, stream, tableId, keyspace, UNBOUNDED);
  }

  /// A table that fits what is left of the zone that the stream leases: all of it, where the
  /// stream's leases are of empty zones.
  public static TableWriter fillingZone(
      TableOptions options, AppendStream stream, long tableId, int keyspace) {
    stream.begin(tableId);
    return new TableWriter(options, stream, tableId, keyspace, stream.remainingBlocks());
  }

  /// A table that fits what is left of one zone that it shares with others: at least `wantBlocks`.
  public static TableWriter insideZone(
      TableOptions options, AppendStream stream, long tableId, int keyspace, long wantBlocks) {
    stream.begin(tableId);
    return new TableWriter(options, stream, tableId, keyspace, stream.remainingBlocks(wantBlocks));
  }

  /// Whether the table stays within its capacity with one more entry of these lengths, whatever the
  /// entry is and wherever it falls.
  public boolean hasRoomFor(int keyLength, int valueLength) {
    if (capacityBlocks == UNBOUNDED) {
      return true;
    }
    long entryBytes = BlockDescriptor.entryBytesMax(keyLength, valueLength);
    boolean fits =
        (entryBytes <= safeEntryBytes && keyLength <= safeKeyLength)
            || (entryBytes <= stream.payloadBytesMax() && playOut(keyLength, (int) entryBytes));
    promisedBytes = fits ? entryBytes : 0;
    return fits;
  }

  /// Adds an entry. Requires: it follows the last one in internal order.
  ///
  /// An entry that [#hasRoomFor] did not say yes to is taken all the same, since all versions of a
  /// key must lie in one table; the table may then take part of another zone.
  public void add(
      MemorySegment key,
      long keyOffset,
      int keyLength,
      long sequence,
      int kind,
      MemorySegment value,
      long valueOffset,
      int valueLength) {
    Invariants.check(!closed, "an entry is added to a table that is finished");
    assert follows(key, keyOffset, keyLength, sequence) : "entries out of order";
    long entryBytes = BlockDescriptor.entryBytesMax(keyLength, valueLength);
    overdrawn |= entryBytes > promisedBytes;
    promisedBytes = 0;
    if (!block.isEmpty() && block.lengthBytes() + entryBytes > dataBytesMax) {
      closeBlock();
    }
    if (block.isEmpty()) {
      openBlock(key, keyOffset, keyLength);
    }
    lastTrailer = Trailer.of(sequence, kind);
    block.add(key, keyOffset, keyLength, lastTrailer, value, valueOffset, valueLength);
    filter.add(Keys.hash(key, keyOffset, keyLength));
    entries++;
    deletions += (kind & ~ValueKind.EXPIRY_FLAG) == ValueKind.DELETE ? 1 : 0;
    rawBytes += (long) keyLength + valueLength;
    smallestSequence = Math.min(smallestSequence, sequence);
    largestSequence = Math.max(largestSequence, sequence);
    keyLengthMax = Math.max(keyLengthMax, keyLength);
  }

  /// Entries so far.
  public long entries() {
    return entries;
  }

  /// Device blocks of what was sent so far.
  public long sentBlocks() {
    return room.data().closedBlocks();
  }

  /// Writes index and footer and waits until all has landed. Not synced: the caller syncs the
  /// stream before the manifest names the table (D21). Requires: at least one entry.
  public TableMeta finish() {
    Invariants.check(!closed && entries > 0, "a table without entries is finished");
    lastKey = block.lastKey().asSlice(0, block.lastKeyLength()).toArray(ValueLayout.JAVA_BYTE);
    closeBlock();
    closeLeaf();
    int dataChunks = sendData();
    BlockHandle root = index.finish();
    sendFooter(root, dataChunks);
    closed = true;
    arena.close();
    return meta();
  }

  private TableMeta meta() {
    List<Extent> extents = stream.extents();
    long blocks = 0;
    for (Extent extent : extents) {
      blocks += extent.blocks();
    }
    return new TableMeta(
        tableId,
        keyspace,
        firstKey,
        lastKey,
        smallestSequence,
        largestSequence,
        entries,
        deletions,
        rawBytes,
        blocks,
        footerAddress,
        extents);
  }

  /// Blocks that [AppendStream#pad] would fill so that the zone becomes full by itself (D20); 0
  /// where so much is left that another table should have it. Requires: [#finish] has returned.
  public long paddingBlocks() {
    if (capacityBlocks == UNBOUNDED || stream.extents().size() > 1) {
      return 0; // a chunk was sent to another zone, which is not ours to fill
    }
    long left = capacityBlocks - finishedBlocks;
    return left > 0 && left < Math.ceilDiv(capacityBlocks, PADDING_PART) ? left : 0;
  }

  /// Gives the table up, unless it is finished: what was sent belongs to nobody, and its zones can
  /// be retired. Idempotent.
  public void abandon() {
    if (!closed) {
      closed = true;
      sink.discard();
      arena.close();
      stream.abandon();
    }
  }

  /// As [#abandon].
  @Override
  public void close() {
    abandon();
  }

  private void openBlock(MemorySegment key, long keyOffset, int keyLength) {
    if (entries == 0) {
      firstKey = key.asSlice(keyOffset, keyLength).toArray(ValueLayout.JAVA_BYTE);
      separatorTrailer = Trailer.of(Trailer.SEQUENCE_MAX, 0);
    } else {
      separate(key, keyOffset, keyLength);
    }
    if (!leafTakesAnother(room, separator.length, filter.keys())) {
      closeLeaf();
    }
    room.openBlock(separator.length);
  }

  /// The shortest bound between the last entry and one of this key: after the one, at or before the
  /// other.
  private void separate(MemorySegment key, long keyOffset, int keyLength) {
    int lastLength = block.lastKeyLength();
    int common = Keys.commonPrefix(block.lastKey(), 0, lastLength, key, keyOffset, keyLength);
    if (common == keyLength) { // the same key in an older version
      separator = key.asSlice(keyOffset, keyLength).toArray(ValueLayout.JAVA_BYTE);
      separatorTrailer = Trailer.of(Trailer.sequence(lastTrailer) - 1, 0);
    } else {
      separator = key.asSlice(keyOffset, common + 1L).toArray(ValueLayout.JAVA_BYTE);
      separatorTrailer = Trailer.of(Trailer.SEQUENCE_MAX, 0);
    }
  }

  private boolean leafTakesAnother(TableRoom plan, int separatorLength, int keys) {
    return plan.leafTakes(separatorLength, filter.lengthBytes(keys + blockKeysMax));
  }

  private void closeBlock() {
    int length = block.finish();
    IndexEntry.Piece piece =
        options.compression() == Compression.LZ4
            ? sink.addCompressed(block.segment(), block.buffer(), length)
            : sink.add(block.segment(), length);
    room.data().add(piece.storedBytes());
    leaf.add(new IndexEntry(MemorySegment.ofArray(separator), separatorTrailer, piece));
    block.reset();
    dataBlocks++;
    safeEntryBytes = -1;
  }

  private void closeLeaf() {
    byte[] bytes = filter.finish();
    room.closeLeaf(bytes.length);
    index.addLeaf(leaf, bytes);
    leaf.clear();
  }

  private int sendData() {
    sink.flush();
    stream.drain();
    return stream.chunks();
  }

  private void sendFooter(BlockHandle root, int dataChunks) {
    TableFooterDescriptor footer =
        new TableFooterDescriptor(
            tableId,
            keyspace,
            options.compression() == Compression.LZ4
                ? BlockDescriptor.TYPE_LZ4
                : BlockDescriptor.TYPE_NONE,
            filter.probes(),
            index.levels(),
            root,
            entries,
            deletions,
            smallestSequence,
            largestSequence,
            rawBytes,
            dataBlocks,
            index.leaves(),
            dataChunks,
            sink.blockBytesMax(),
            firstKey,
            lastKey);
    ChunkBuffer chunk = stream.buffer();
    footer.write(chunk.payload());
    int ordinal = stream.submit(chunk, EnvelopeKind.TABLE_FOOTER, footer.lengthBytes());
    stream.drain();
    footerAddress = stream.address(ordinal);
    finishedBlocks = room.finish(footer.lengthBytes());
    Invariants.check(
        overdrawn || finishedBlocks <= capacityBlocks, "a table is larger than its capacity");
  }

  /// Whether the capacity holds the table with one more entry.
  private boolean playOut(int keyLength, int entryBytes) {
    int keyLengthAny = Math.max(keyLengthMax, keyLength);
    int openBytes = block.isEmpty() ? 0 : block.lengthBytes();
    if (entryBytes <= dataBytesMax - Integer.BYTES
        && fits(Math.max(openBytes, dataBytesMax), dataBytesMax, blockKeysMax, keyLengthAny)) {
      safeEntryBytes = dataBytesMax - Integer.BYTES;
      safeKeyLength = keyLengthAny;
      return true;
    }
    boolean opens = block.isEmpty() || openBytes + entryBytes > dataBytesMax;
    return opens
        ? fits(openBytes, entryBytes + Integer.BYTES, 1, keyLengthAny)
        : fits(openBytes + entryBytes, 0, 1, keyLengthAny);
  }

  /// Whether the capacity holds the table with the open block grown to `openBytes` and another one
  /// of `nextBytes` behind it, each with up to `moreKeys` more keys.
  private boolean fits(int openBytes, int nextBytes, int moreKeys, int keyLength) {
    play.copy(room);
    int keys = filter.keys();
    if (openBytes > 0) {
      if (block.isEmpty()) {
        keys = playOpen(keyLength, keys);
      }
      play.data().add(openBytes);
      keys += moreKeys;
    }
    if (nextBytes > 0) {
      keys = playOpen(keyLength, keys) + moreKeys;
      play.data().add(nextBytes);
    }
    play.closeLeaf(filter.lengthBytes(keys));
    int firstKeyLength = entries == 0 ? keyLength : firstKey.length;
    long blocks = play.finish(TableFooterDescriptor.lengthBytes(firstKeyLength, keyLength));
    return blocks + SLACK_BLOCKS <= capacityBlocks;
  }

  /// Opens a block in the play; returns the keys of the leaf it falls into.
  private int playOpen(int keyLength, int keys) {
    boolean taken = leafTakesAnother(play, keyLength, keys);
    if (!taken) {
      play.closeLeaf(filter.lengthBytes(keys));
    }
    play.openBlock(keyLength);
    return taken ? keys : 0;
  }

  private boolean follows(MemorySegment key, long keyOffset, int keyLength, long sequence) {
    if (entries == 0) {
      return true;
    }
    int order = Keys.compare(block.lastKey(), 0, block.lastKeyLength(), key, keyOffset, keyLength);
    return order < 0 || (order == 0 && Trailer.sequence(lastTrailer) > sequence);
  }
}
