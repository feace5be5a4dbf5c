/// The staging log: memory that outlives the process, in which every write first lands, and which
/// is at once the memory of the memtables.
///
/// [io.zapkv.engine.staging.StagingArea] hands out [io.zapkv.engine.staging.StagingSegment]s;
/// writers claim room there, copy, publish. After a crash [io.zapkv.engine.staging.RecordWalker]
/// tells what survived. The layout is in `docs/formats/log.md`.
///
/// **Who may enter.** `memtable` and `wal` and the rooms above. This room sees the device's staging
/// store, never a zone.
///
/// **Threads.** Claiming, publishing and reading are lock free; starting and releasing segments
/// take a short lock. Who reads memory that may be released is inside the caller's read gate.
package io.zapkv.engine.staging;
