/// Takes the staging log to zones, where it survives a power cut, and reads back after a crash what
/// zones and staging memory together hold.
///
/// [io.zapkv.engine.wal.LogWriter] appends chunks when somebody asks for durability, once for all
/// who ask at the same time. [io.zapkv.engine.wal.LogReplay] yields the records that survived, a
/// prefix of the history. The layout is in `docs/formats/log.md`.
///
/// **Who may enter.** The commit path, recovery. This room sees `staging`, `append`, `zone` and
/// below; it never asks what a record means.
///
/// **Threads.** The writer is anybody's; the replay runs alone, before the store serves.
package io.zapkv.engine.wal;
