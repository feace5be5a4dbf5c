package io.zapkv.engine.read;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A key of a caller, copied to native memory.
///
/// Blocks and records are in native memory, and keys in arrays are another kind of segment: code
/// that met both would ask at each load which one it has. Made once and used for many keys.
///
/// **Threading.** One thread at a time.
///
/// **Memory.** As long as the longest key it held, freed with the object by the collector. A key is
/// good until the next one.
public final class NativeKey {
  private static final int KEY_BYTES_USUAL = 256;

  private MemorySegment memory = Arena.ofAuto().allocate(KEY_BYTES_USUAL, Long.BYTES);

  /// Holds no key yet.
  public NativeKey() {}

  /// Copies the first `lengthBytes` bytes of `key`.
  ///
  /// @return memory that begins with them
  public MemorySegment of(byte[] key, int lengthBytes) {
    makeRoom(lengthBytes);
    MemorySegment.copy(key, 0, memory, ValueLayout.JAVA_BYTE, 0, lengthBytes);
    return memory;
  }

  /// Copies `lengthBytes` bytes of `segment`.
  ///
  /// @return memory that begins with them
  public MemorySegment of(MemorySegment segment, long offset, int lengthBytes) {
    makeRoom(lengthBytes);
    MemorySegment.copy(segment, offset, memory, 0, lengthBytes);
    return memory;
  }

  private void makeRoom(int lengthBytes) {
    if (lengthBytes > memory.byteSize()) {
      memory = Arena.ofAuto().allocate(lengthBytes, Long.BYTES);
    }
  }
}
