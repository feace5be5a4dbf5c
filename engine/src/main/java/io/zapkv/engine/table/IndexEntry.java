package io.zapkv.engine.table;

import io.zapkv.engine.append.AppendStream;
import io.zapkv.engine.base.Invariants;
import io.zapkv.engine.format.BlockHandle;
import io.zapkv.zns.ZoneAddress;
import java.lang.foreign.MemorySegment;

/// An index entry while its table is written: a separator and the block it leads to, whose address
/// is not known yet.
///
/// @param key the separator's key: all entries of the block are at or after the separator, all of
///   the blocks before are before it
/// @param trailer the separator's trailer
/// @param block the block
/// @param filter for a leaf its filter's block; for any other the block once more
record IndexEntry(MemorySegment key, long trailer, Piece block, Piece filter) {
  IndexEntry(MemorySegment key, long trailer, Piece block) {
    this(key, trailer, block, block);
  }

  int keyLength() {
    return (int) key.byteSize();
  }

  /// A block that was sent.
  ///
  /// @param chunk the ordinal of its chunk
  /// @param offsetBytes where it begins in the chunk
  /// @param storedBytes its length there
  /// @param rawBytes its length uncompressed
  /// @param ordinal its number in the table
  record Piece(int chunk, int offsetBytes, int storedBytes, int rawBytes, int ordinal) {
    /// The handle, now that the chunk has landed.
    BlockHandle handle(AppendStream stream) {
      long address = stream.address(chunk);
      Invariants.check(address != ZoneAddress.NONE, "a handle is made of a chunk in flight");
      return new BlockHandle(address, offsetBytes, storedBytes, rawBytes, ordinal);
    }
  }
}
