package io.zapkv.zns;

/// What a device says about one zone.
///
/// @param zone the zone's number
/// @param state its state
/// @param writePointerBlocks the first block not written yet; where the pointer means nothing (D16)
///   it is the capacity (full) or -1 (read only, offline), never a place to write at
/// @param capacityBlocks the writable blocks of this zone now; may change with a reset (D4)
/// @param writtenBefore whether the blocks of this zone already exist on whatever the device stands
///   on, so that writing them costs it no allocation: among empty zones, take these first
public record ZoneReport(
    int zone,
    ZoneState state,
    long writePointerBlocks,
    long capacityBlocks,
    boolean writtenBefore) {}
