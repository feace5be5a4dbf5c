package io.zapkv.zns;

/// Counts of one device since it was opened. Only operations that succeeded are counted.
///
/// @param appendedBytes bytes appended, without those copied
/// @param writtenBytes bytes written at the pointer (A9)
/// @param readBytes bytes read through queues; reading mapped bytes is not seen
/// @param appends appends
/// @param reads reads
/// @param resets zones reset
/// @param finishes zones finished by command
/// @param copiedBytes bytes copied inside the device (S5)
/// @param syncs syncs
/// @param ring which ring carries the operations, and why that one
public record DeviceStats(
    long appendedBytes,
    long writtenBytes,
    long readBytes,
    long appends,
    long reads,
    long resets,
    long finishes,
    long copiedBytes,
    long syncs,
    String ring) {}
