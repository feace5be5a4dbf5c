package io.zapkv.engine.table;

import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/// LZ4 over native buffers: the native library where it loads, else pure Java.
///
/// A program that may not make native calls gets pure Java, too: loading the library would print a
/// warning of the JVM's that nobody asked for.
///
/// Decompression is always the bounds-checked kind: the other trusts the bytes it is given.
///
/// **Threading.** Any thread; it has no state.
final class Compressor {
  private static final Compressor PURE_JAVA = new Compressor(LZ4Factory.safeInstance());
  private static final Compressor BEST = load();

  private final LZ4Compressor compressor;
  private final LZ4SafeDecompressor decompressor;

  private Compressor(LZ4Factory factory) {
    compressor = factory.fastCompressor();
    decompressor = factory.safeDecompressor();
  }

  /// The fastest there is on this machine.
  static Compressor best() {
    return BEST;
  }

  /// The one that runs everywhere.
  static Compressor pureJava() {
    return PURE_JAVA;
  }

  /// The most bytes that compressing `length` bytes can take.
  int lengthMax(int length) {
    return compressor.maxCompressedLength(length);
  }

  /// Compresses `length` bytes at the start of `raw` to the start of `target`, which has room for
  /// [#lengthMax]; returns how many bytes that made.
  int compress(ByteBuffer raw, int length, ByteBuffer target) {
    return compressor.compress(raw, 0, length, target, 0, target.capacity());
  }

  /// Whether storing compressed is worth it: it must save an eighth, or reading pays for nothing.
  static boolean isWorthwhile(int rawBytes, int compressedBytes) {
    return compressedBytes <= rawBytes - rawBytes / 8 && compressedBytes < rawBytes;
  }

  /// Decompresses `storedLength` bytes to the start of `target`.
  ///
  /// @return whether they made exactly `rawLength` bytes; else what is in `target` means nothing
  boolean decompress(
      ByteBuffer stored, int storedOffset, int storedLength, ByteBuffer target, int rawLength) {
    try {
      return decompressor.decompress(stored, storedOffset, storedLength, target, 0, rawLength)
          == rawLength;
    } catch (LZ4Exception _) {
      return false; // bytes that are no LZ4: the caller says where they were
    }
  }

  private static Compressor load() {
    if (!LZ4Factory.class.getModule().isNativeAccessEnabled()) {
      return PURE_JAVA;
    }
    try {
      return new Compressor(LZ4Factory.nativeInstance());
    } catch (LinkageError | RuntimeException | AssertionError _) {
      return PURE_JAVA; // no native library for this machine
    }
  }
}
