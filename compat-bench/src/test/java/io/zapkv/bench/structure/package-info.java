/// JMH benchmarks of the structures that rule the costs of the store, each beside the plain thing
/// one would use instead. `zap jmh` runs them.
///
/// Those of structures that their rooms keep to themselves stand in the packages of these rooms.
package io.zapkv.bench.structure;
