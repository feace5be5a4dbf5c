package io.zapkv.ring;

/// Counts of one ring since it was opened.
///
/// @param submitted operations accepted
/// @param completed completions delivered
/// @param refused submissions answered with `false` because the ring was full
/// @param failed completions delivered whose result was negative
public record RingStats(long submitted, long completed, long refused, long failed) {}
