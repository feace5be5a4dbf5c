/// What a program holds while it uses a store. These types know nothing of the engine behind them.
///
/// There are only a few: a [ZapStore] is opened by `io.zapkv.Zap`, changed by `put`, `delete` and
/// [WriteBatch], and read by `get` or by a [Cursor] over a [KeyRange], now or as of a [Snapshot].
/// [StoreOptions] say how it is opened, [Durability] says when a write is done, [StoreStats] and
/// [ZoneMap] say how it fares, and every fault of the world is a [ZapException] that says what to
/// do.
///
/// **Threading.** A store and its snapshots are shared by any number of threads, virtual ones
/// included. A cursor and a batch belong to one thread at a time.
///
/// **Memory.** Arrays and segments given to a method are read during the call and never kept.
/// Arrays returned belong to the caller.
///
/// **Failures.** A wrong argument (null, a key too long, a closed cursor) is an unchecked exception
/// of the JDK. What the world does to a store is a [ZapException].
package io.zapkv.api;
