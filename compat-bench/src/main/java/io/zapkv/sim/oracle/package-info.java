/// What a store may show, and whether it does: a model of each client's writes, and the judgement
/// over what was read.
///
/// [io.zapkv.sim.oracle.Oracle] knows all clients; [io.zapkv.sim.oracle.History] is one client's.
///
/// **Threading.** That of the scheduler: one thing at a time.
@NullMarked
package io.zapkv.sim.oracle;

import org.jspecify.annotations.NullMarked;
