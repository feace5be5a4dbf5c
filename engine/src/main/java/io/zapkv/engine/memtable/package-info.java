/// The newest writes, in memory: found by key through a hash index, walked in order through sorted
/// runs.
///
/// [io.zapkv.engine.memtable.MemTable] is the room's front. The records themselves are in a staging
/// segment, which is the log, too.
///
/// **Who may enter.** The commit, read and flush paths. This room sees `staging` and below.
///
/// **Threads.** Adding and getting are lock free and allocate nothing. A cursor belongs to one
/// thread. Everyone is inside a gate of the caller's while looking at memory that may be released.
package io.zapkv.engine.memtable;
