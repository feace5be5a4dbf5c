/// Bytes only, no I/O: how everything that ZapKV keeps is laid out. One descriptor class for each
/// structure, with a picture; the same structure has its page in `docs/formats/`.
///
/// All numbers are little-endian and need no alignment unless a page says so.
///
/// **Who may enter.** Every room of the engine above it. This room sees only `base`.
package io.zapkv.engine.format;
