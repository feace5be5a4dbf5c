package io.zapkv.engine.zone;

/// What the allocator knows of one zone at one moment.
///
/// @param zone its number
/// @param use where it stands
/// @param lifetime what it is filled with, or was last; [Lifetime#META] for the metadata
/// @param generation how often it was reset
/// @param liveFiles files with chunks in it
/// @param liveBlocks blocks these take
/// @param takenBlocks blocks appended to or given up; the capacity where it is sealed
/// @param capacityBlocks blocks it can take
public record ZoneStanding(
    int zone,
    ZoneUse use,
    Lifetime lifetime,
    int generation,
    int liveFiles,
    long liveBlocks,
    long takenBlocks,
    long capacityBlocks) {}
