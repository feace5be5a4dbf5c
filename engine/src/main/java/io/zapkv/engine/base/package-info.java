/// What every room of the engine may lean on and what leans on nothing: invariants, key order, the
/// gate that protects readers, the memory budget, and [io.zapkv.engine.base.Env], the one seam
/// through which time, chance and threads come in.
///
/// **Who may enter.** Everyone in the engine. This room sees no other.
package io.zapkv.engine.base;
