/// The simulator: a whole store and its world in one thread, decided by a seed.
///
/// ```
///   Campaign ─► SimRun ─► Engine (as in production) ─► SimDevice ─► Media
///                 │          ▲ Env                         ▲
///                 │          └──────── Scheduler ──────────┘
///                 └─► Client … ─► Oracle
/// ```
///
/// [io.zapkv.sim.SimRun] plays one plan, [io.zapkv.sim.Campaign] many seeds, and
/// [io.zapkv.sim.PlanShrinker] makes a failing plan small.
///
/// **Threading.** A run belongs to the thread that plays it; runs share nothing.
@NullMarked
package io.zapkv.sim;

import org.jspecify.annotations.NullMarked;
