package io.zapkv.engine.cache;

/// Remembers the hashes of blocks that left a cache unasked for, so that one that comes back soon
/// is known to be worth keeping.
///
/// One cell for each hash it could hold; a later hash of the same cell takes it. So memories fade
/// at random instead of in order, which does as well and needs no queue.
///
/// **Threading.** The shard's lock.
final class CacheGhost {
  private final int[] cells;

  CacheGhost(int hashesMax) {
    this.cells = new int[Math.max(1, hashesMax)];
  }

  void add(long hash) {
    cells[cell(hash)] = mark(hash);
  }

  /// Whether `hash` is remembered; it is forgotten by that.
  boolean remove(long hash) {
    int cell = cell(hash);
    if (cells[cell] != mark(hash)) {
      return false;
    }
    cells[cell] = 0;
    return true;
  }

  private int cell(long hash) {
    return (int) Math.unsignedMultiplyHigh(hash << 8, cells.length);
  }

  private static int mark(long hash) {
    return (int) hash | 1; // 0 is an empty cell
  }
}
