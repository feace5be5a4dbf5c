/// Blocks of tables in memory, off heap, uncompressed, found again by table and ordinal.
///
/// `BlockCache` is the only door. Behind it: `CacheMemory` holds the segments, and each
/// `CacheShard` keeps some of them as two logs with a `CacheIndex` over both and a `CacheGhost` of
/// what left.
///
/// **Who may enter.** `table` and the rooms above it. This room knows bytes and numbers, neither
/// keys nor devices.
///
/// **Threading.** Any thread, inside the read gate: that is what keeps a block's memory from being
/// reused while somebody looks at it. There are no pins.
package io.zapkv.engine.cache;
