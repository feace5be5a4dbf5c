/// The world a simulated store lives in: a zoned device in virtual time, its faults and crashes,
/// and the machine around it.
///
/// [io.zapkv.sim.world.SimDevice] is one power-on of a device whose bytes lie in
/// [io.zapkv.sim.world.Media]; [io.zapkv.sim.world.Crash] makes of the media what a kill or a power
/// cut leaves. [io.zapkv.sim.world.Shape] is drawn from the seed.
///
/// **Threading.** That of the scheduler: one thing at a time.
@NullMarked
package io.zapkv.sim.world;

import org.jspecify.annotations.NullMarked;
