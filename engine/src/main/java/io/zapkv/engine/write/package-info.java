/// What stands between a caller's write and the memtable: the order of commits, who reads at which
/// sequence, and how hard writers are slowed down.
///
/// [io.zapkv.engine.write.SnapshotList] knows who reads the past;
/// [io.zapkv.engine.write.StallPolicy] says, as a pure function, what a write has to wait;
/// [io.zapkv.engine.write.WriteTimeline] turns that into waits of concurrent writers.
///
/// **Who may enter.** `core`.
///
/// **Threads.** Callers' threads, virtual ones too.
package io.zapkv.engine.write;
