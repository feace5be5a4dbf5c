package io.zapkv.engine.format;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Computes [Crc32c] of ranges of one piece of memory, again and again, without leaving garbage.
///
/// The JDK computes it over a buffer with a position of its own. That buffer and the sum are kept
/// here rather than made for each range: whether the compiler does away with what is made on the
/// way depends on how much it has inlined before, and in some runs it does not.
///
/// **Threading.** One thread at a time.
public final class RangeChecksum {
  private final ByteBuffer view;
  private final CRC32C crc = new CRC32C();

  /// Over `memory`, 2 GiB at most.
  public RangeChecksum(MemorySegment memory) {
    view = memory.asByteBuffer();
  }

  /// The checksum of `length` bytes at `offset`.
  public int of(int offset, int length) {
    crc.reset();
    crc.update(view.limit(offset + length).position(offset));
    return (int) crc.getValue();
  }
}
