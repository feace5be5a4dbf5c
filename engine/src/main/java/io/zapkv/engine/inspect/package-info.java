/// Looks at a store that is not open: its zones, and whether all it holds is what was written.
///
/// [io.zapkv.engine.inspect.Inspect] is the door. Looking changes nothing, not one byte: the device
/// is opened for reading only, the log is replayed into nothing, and no epoch begins. Formatting is
/// the one thing here that writes.
///
/// **Who may enter.** Programs, through [io.zapkv.engine.inspect.Inspect].
///
/// **Threading.** Each call is one thread's.
package io.zapkv.engine.inspect;
