package io.zapkv.bench.ring;

/// One combination that is measured.
///
/// @param write whether bytes are written; otherwise read
/// @param blockBytes the bytes of one operation
/// @param depth operations in flight
/// @param direct whether past the page cache
public record RingCell(boolean write, int blockBytes, int depth, boolean direct) {
  /// For people: `randread 4 KiB, depth 8, direct`.
  @Override
  public String toString() {
    return "%s %3d KiB, depth %2d, %s"
        .formatted(
            write ? "randwrite" : "randread ",
            blockBytes >> 10,
            depth,
            direct ? "direct" : "buffered");
  }
}
