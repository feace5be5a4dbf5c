package io.zapkv.engine.format;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The payload of the first chunk of a metadata journal: what the store is and what it must find
/// again to be opened.
///
/// ```
///    0 incompatible features u64    8 read-only compatible features u64
///   16 journal u32                 20 snapshot chunks u32
///   24 zones u32                   28 block bytes u32
///   32 zone size in blocks u64
///   40 zone capacity in blocks u64
///   48 comparator name bytes u16   50 zero u16
///   52 comparator name, UTF-8
/// ```
///
/// @param incompatibleFeatures a bit for each change that older releases cannot even read
/// @param readOnlyFeatures a bit for each change that older releases can read but not write
/// @param journal how often the metadata has been rewritten: of two journals the higher one counts
/// @param snapshotChunks chunks of the snapshot that must follow for the journal to be whole
/// @param zones zones of the device
/// @param blockBytes its block
/// @param zoneSizeBlocks its zones' size
/// @param zoneCapacityBlocks and capacity, when the store was made
/// @param comparator the name of the order of keys
public record SuperblockDescriptor(
    long incompatibleFeatures,
    long readOnlyFeatures,
    int journal,
    int snapshotChunks,
    int zones,
    int blockBytes,
    long zoneSizeBlocks,
    long zoneCapacityBlocks,
    String comparator) {
  /// The one order of keys there is.
  public static final String UNSIGNED_BYTES = "unsigned bytes";

  /// The incompatible features this release knows: none yet.
  public static final long INCOMPATIBLE_KNOWN = 0;

  /// The read-only compatible features this release knows: none yet.
  public static final long READ_ONLY_KNOWN = 0;

  private static final int INCOMPATIBLE_OFFSET = 0;
  private static final int READ_ONLY_OFFSET = 8;
  private static final int JOURNAL_OFFSET = 16;
  private static final int SNAPSHOT_CHUNKS_OFFSET = 20;
  private static final int ZONES_OFFSET = 24;
  private static final int BLOCK_BYTES_OFFSET = 28;
  private static final int SIZE_OFFSET = 32;
  private static final int CAPACITY_OFFSET = 40;
  private static final int NAME_BYTES_OFFSET = 48;
  private static final int ZERO_OFFSET = 50;
  private static final int NAME_OFFSET = 52;
  private static final int NAME_BYTES_MAX = 255;

  /// Checks the one length that has a limit.
  public SuperblockDescriptor {
    if (comparator.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX) {
      throw new IllegalArgumentException("the comparator's name is too long: " + comparator);
    }
  }

  /// This superblock for the next journal.
  public SuperblockDescriptor next(int nextJournal, int nextSnapshotChunks) {
    return new SuperblockDescriptor(
        incompatibleFeatures,
        readOnlyFeatures,
        nextJournal,
        nextSnapshotChunks,
        zones,
        blockBytes,
        zoneSizeBlocks,
        zoneCapacityBlocks,
        comparator);
  }

  /// Writes it to the start of `payload`; returns how many bytes it takes.
  public int write(MemorySegment payload) {
    byte[] name = comparator.getBytes(StandardCharsets.UTF_8);
    payload.set(Layouts.U64, INCOMPATIBLE_OFFSET, incompatibleFeatures);
    payload.set(Layouts.U64, READ_ONLY_OFFSET, readOnlyFeatures);
    payload.set(Layouts.U32, JOURNAL_OFFSET, journal);
    payload.set(Layouts.U32, SNAPSHOT_CHUNKS_OFFSET, snapshotChunks);
    payload.set(Layouts.U32, ZONES_OFFSET, zones);
    payload.set(Layouts.U32, BLOCK_BYTES_OFFSET, blockBytes);
    payload.set(Layouts.U64, SIZE_OFFSET, zoneSizeBlocks);
    payload.set(Layouts.U64, CAPACITY_OFFSET, zoneCapacityBlocks);
    payload.set(Layouts.U16, NAME_BYTES_OFFSET, (short) name.length);
    payload.set(Layouts.U16, ZERO_OFFSET, (short) 0);
    MemorySegment.copy(name, 0, payload, Layouts.U8, NAME_OFFSET, name.length);
    return NAME_OFFSET + name.length;
  }

  /// The superblock in a whole payload, or null where it cannot be one.
  public static @Nullable SuperblockDescriptor read(MemorySegment payload) {
    if (payload.byteSize() < NAME_OFFSET) {
      return null;
    }
    int nameBytes = Short.toUnsignedInt(payload.get(Layouts.U16, NAME_BYTES_OFFSET));
    int snapshotChunks = payload.get(Layouts.U32, SNAPSHOT_CHUNKS_OFFSET);
    int zones = payload.get(Layouts.U32, ZONES_OFFSET);
    if (nameBytes > NAME_BYTES_MAX
        || payload.byteSize() < NAME_OFFSET + nameBytes
        || snapshotChunks < 1
        || zones < 1) {
      return null;
    }
    byte[] name = payload.asSlice(NAME_OFFSET, nameBytes).toArray(Layouts.U8);
    return new SuperblockDescriptor(
        payload.get(Layouts.U64, INCOMPATIBLE_OFFSET),
        payload.get(Layouts.U64, READ_ONLY_OFFSET),
        payload.get(Layouts.U32, JOURNAL_OFFSET),
        snapshotChunks,
        zones,
        payload.get(Layouts.U32, BLOCK_BYTES_OFFSET),
        payload.get(Layouts.U64, SIZE_OFFSET),
        payload.get(Layouts.U64, CAPACITY_OFFSET),
        new String(name, StandardCharsets.UTF_8));
  }
}
