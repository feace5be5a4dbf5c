/// What a run does, as text: lives of a device, the faults in each, the steps of each client.
///
/// [io.zapkv.sim.plan.Plan] is drawn from a seed or read from lines; lines may be left out, which
/// is how [io.zapkv.sim.plan.PlanShrinker] makes a failing run small.
///
/// **Threading.** Immutable.
@NullMarked
package io.zapkv.sim.plan;

import org.jspecify.annotations.NullMarked;
