package io.zapkv.sim.world;

/// One fault of one life of the device: what goes wrong, and at which operation of those it counts,
/// from one.
///
/// @param kind what goes wrong
/// @param nth at which operation
public record FaultLine(FaultKind kind, long nth) {}
