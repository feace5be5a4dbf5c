/// Sorted tables: written once as chunks that land where the device likes, found again by the
/// addresses it answered, never changed. The bytes are described in docs/formats/table.md.
///
/// `TableWriter` makes a table and its `TableMeta`, `TableReader` opens one; lookups answer through
/// a `GetResult`, walks through an `InternalCursor`. A store has one `TableContext` with one pool
/// of `BlockBuffers`. Behind the writer: `TableRoom` plans, `BlockWriter` lays out, `BlockSink`
/// packs and sends, `TableIndexWriter` makes the index of the addresses that came back. Behind the
/// reader: `BlockLoader` brings blocks, `BlockReader` and `BlockCursor` search them, `TableIndex`
/// is what an open table holds.
///
/// **Who may enter.** `version` and the rooms above it.
///
/// **Threading.** A writer has one thread. A reader has any number, each inside the read gate for
/// one lookup; cursors enter it by themselves.
package io.zapkv.engine.table;
