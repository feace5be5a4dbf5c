/// Zones that the kernel shows as files: a mounted zonefs.
///
/// zonefs cannot say where an append landed, and takes a write at the write pointer only, one at a
/// time (zns-facts Z1, Z2). So the append contract is kept here by gathering:
///
/// ```
///   queue A ─┐                    ┌── ready ──┐
///   queue B ─┼─► line of zone 7 ──┤           ├─► a writer thread: ONE gathered write at the pointer
///   queue C ─┘   (who waits)      └───────────┘      │ done: each append's address is known
///                     ▲                              ▼
///                     └── still someone there? ◄── inboxes of A, B, C
/// ```
///
/// Every zone has a line ([ZoneLine]). An append joins it and is forgotten by its owner until it is
/// delivered; a line that has someone in it and is not being served is ready, and a thread of
/// [ZoneWriters] serves it: it takes all that wait, up to 256 buffers, 1 MiB or what is left of the
/// zone, and writes them by one system call. Meanwhile others join the line, and are the next
/// gather. A full zone, a short rest and a missing slot are decided before anything is written
/// ([ZonefsZones]), so that no write ever crosses a zone's capacity and none comes back short (A2).
///
/// **Why threads, and not a leader among the owners.** A leader that submits on its own ring learns
/// of the completion when it polls; until then all that joined behind it hang on a thread that may
/// be elsewhere for long, or gone. A writer thread depends on nobody. It costs no parallelism
/// either: zonefs refuses `NOWAIT`, so that an `io_uring` would hand each write to a thread of the
/// kernel just the same (Z1). Reads and syncs do gain from a ring, and go by that of their queue.
/// The two ways back meet in [InboxRing].
///
/// **Slots.** A zone is open exactly while there is a descriptor open for writing to its file: with
/// the mount option `explicit-open` that is what zonefs counts, and the kernel's own count can
/// never be exceeded by us. To make room, the file of an implicitly open zone that is not being
/// served is closed.
///
/// **Failures.** After a failed write the file is looked at again (A11): what it says decides
/// whether the zone can only be read, is gone, or is finished because nobody can rely on it any
/// more. Every append of that gather fails, those that may have landed too: none of them has an
/// address (A10). [ZonefsErrors] names each error number.
///
/// **Locks.** One short lock for decisions, see [ZonefsZones]; none around a system call.
package io.zapkv.zns.zonefs;
