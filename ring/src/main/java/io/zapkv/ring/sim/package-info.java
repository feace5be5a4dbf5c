/// A ring that is decided by a seed: what may happen on a device happens here on purpose.
///
/// [SimRing] keeps the contract of every ring in virtual time; [SimSchedule] turns a seed into
/// latencies and an order, [SimFaults] makes chosen operations fail, [SimClock] is the time. It is
/// main code, because the modules above test themselves on it too.
///
/// **Threading.** One thread at a time for a clock and all rings, schedules and faults that go with
/// it: a run is replayed by its seed only where nothing runs beside it.
package io.zapkv.ring.sim;
