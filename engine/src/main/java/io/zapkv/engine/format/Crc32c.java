package io.zapkv.engine.format;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/// The checksum of everything that is kept: CRC-32C (Castagnoli; RFC 3720, appendix B.4), computed
/// by the JDK's intrinsic.
public final class Crc32c {
  private Crc32c() {}

  /// The checksum of `length` bytes at `offset`.
  public static int of(MemorySegment bytes, long offset, long length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.asSlice(offset, length).asByteBuffer());
    return (int) crc.getValue();
  }
}
