/// Chunks go out to zones, addresses come back: the only room that sees the completion of an
/// append.
///
/// `AppendStream` writes, `BlockSource` reads what an address names, `ChunkWalker` finds chunks
/// where no address is known.
///
/// **Who may enter.** The log, the tables, the manifest. This room sees zones and leases, never
/// what a chunk means.
///
/// **Threading.** A stream has one owner at a time; a source is anybody's.
package io.zapkv.engine.append;
