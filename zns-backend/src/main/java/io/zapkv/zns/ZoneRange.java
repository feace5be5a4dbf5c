package io.zapkv.zns;

/// A piece of one zone.
///
/// @param address where it begins
/// @param bytes how long it is, whole blocks
public record ZoneRange(long address, int bytes) {}
