/// Which tables are to be merged, which entries survive it, and the doing of it.
///
/// ```
///   Version ─► LeveledPolicy.choose ─► CompactionChoice ─► CompactionJob ─► VersionEdit
///     pure, no I/O                                          DropRules
/// ```
///
/// [io.zapkv.engine.compaction.LeveledPolicy] decides and touches nothing: what overlaps what it
/// asks `Levels`, and where room is short `Slices` say how far a merge may go;
/// [io.zapkv.engine.compaction.DropRules] judges single entries,
/// [io.zapkv.engine.compaction.CompactionJob] carries one merge out and decides nothing.
///
/// **Who may enter.** `core`, which gives a job its tables' cursors and its
/// [io.zapkv.engine.compaction.TableOutputs], and journals what comes out. The room reads through
/// `read`, beside it.
///
/// **Threads.** The policy may be asked by anyone; a job belongs to the lane that runs it.
package io.zapkv.engine.compaction;
