/// The contracts of a key-value store, apart from the one that keeps them here.
///
/// Code written against these interfaces runs on ZapKV and on anything else that is adapted to
/// them; the comparison with RocksDB does exactly that.
///
/// **Memory.** A method says of each buffer whether it is copied, borrowed for the call, or kept.
package io.zapkv.api;
