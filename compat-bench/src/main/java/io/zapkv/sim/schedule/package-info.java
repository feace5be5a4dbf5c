/// One thread in which everything happens, in an order that a seed decides.
///
/// [io.zapkv.sim.schedule.Scheduler] runs virtual threads and timed events; nothing in here knows
/// of stores or devices.
///
/// **Threading.** A scheduler, and all that runs on it, belongs to the thread that called `run`.
@NullMarked
package io.zapkv.sim.schedule;

import org.jspecify.annotations.NullMarked;
