/// How many sorted sources are read as one: the merge, the lazy walk over one level, and the view
/// of a user at a sequence.
///
/// ```
///   memtables ──────────────┐
///   level-0 tables ─────────┼─► MergingCursor ─► VisibleCursor ─► the user
///   LevelCursor per level ──┘
/// ```
///
/// [io.zapkv.engine.read.MergingCursor] and [io.zapkv.engine.read.LevelCursor] speak of entries
/// (every version, deletions too); [io.zapkv.engine.read.VisibleCursor] speaks of keys.
///
/// **Who may enter.** `compaction`, which merges tables the same way, and `core`. The room sees
/// tables only through [io.zapkv.engine.read.TableCursors], so it does no I/O of its own.
///
/// **Threads.** Every cursor belongs to one thread at a time.
package io.zapkv.engine.read;
