/// Says of a key that it is surely not there, without looking: a Bloom filter whose probes for one
/// key touch one cache line.
///
/// `FilterWriter` collects hashes and writes the bytes, `FilterReader` asks them. The hash is
/// [io.zapkv.engine.base.Keys#hash], computed once for a key and asked of every table's filter.
///
/// **Who may enter.** `table` and the rooms above it. This room knows hashes, neither keys nor
/// blocks.
package io.zapkv.engine.filter;
