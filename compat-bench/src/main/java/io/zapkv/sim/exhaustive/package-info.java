/// All of something small, where [io.zapkv.sim] draws from something large: every crash of a trace,
/// every short workload, every crash while opening, every changed byte.
///
/// ```
///   Trace ──► at each event of the device: crash images ──► Opening: recovers one, in a world of its own
///                                                               │
///                                             Tally ◄── judged by the oracle
/// ```
///
/// **Threading.** A trace or an opening is one thread; [io.zapkv.sim.exhaustive.Tally] has openings
/// judged by several at once.
@NullMarked
package io.zapkv.sim.exhaustive;

import org.jspecify.annotations.NullMarked;
