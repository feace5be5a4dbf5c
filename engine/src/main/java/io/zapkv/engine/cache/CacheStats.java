package io.zapkv.engine.cache;

/// What a cache has done since it was made, and what it holds.
///
/// @param hits lookups that found their block; hits and misses may lack a few where more threads
///   ask than there are counters
/// @param misses lookups that did not
/// @param inserted blocks put in
/// @param evicted blocks that left
/// @param heldBytes memory held now, retired segments included
public record CacheStats(long hits, long misses, long inserted, long evicted, long heldBytes) {
  CacheStats plus(long moreInserted, long moreEvicted, long moreBytes) {
    return new CacheStats(
        hits, misses, inserted + moreInserted, evicted + moreEvicted, heldBytes + moreBytes);
  }
}
