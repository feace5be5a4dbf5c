package io.zapkv.api;

/// The store as it was at one moment. Reads at a snapshot see every write that had returned before
/// it was taken, none that began after, and the same thing however often they are repeated.
///
/// **Threading.** Any number of threads may read at one snapshot.
///
/// **Memory.** While a snapshot is open, compaction keeps the versions it can see: close it soon.
/// Closing it frees nothing at once; it lets the next compaction drop them.
///
/// **Failures.** Reading at a closed snapshot, or at one of another store, throws
/// [IllegalArgumentException].
public interface Snapshot extends AutoCloseable {
  /// The place of this moment in the store's order of commits. Later snapshots never have a smaller
  /// one; two snapshots with the same number see the same things.
  long sequence();

  /// Lets go of the moment. Closing twice, or after the store, does nothing.
  @Override
  void close();
}
