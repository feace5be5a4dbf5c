package io.zapkv.engine.zone;

/// The part of one zone that one table, or one piece of the log, takes up.
///
/// Not an address range: chunks land in any order (A4), so a table's chunks may lie between another
/// table's. It says how many blocks of the zone stay in use until the table is dropped.
///
/// @param zone the zone
/// @param generation how often the zone had been reset when the blocks were written (D19)
/// @param blocks device blocks of its chunks, with their envelopes and the zeros behind the last
///   byte; chunks of mere padding belong to nobody
public record Extent(int zone, int generation, long blocks) {}
