/// Runs benchmarks: threads, time, order of engines, and what comes out.
///
/// A [Suite] says what to run, a [Runner] runs it on every engine in turn and returns [Outcome]s, a
/// [Progress] shows how far it is. [TimeBudget] bounds a run that must end at a given time.
///
/// **Threading.** A runner is used by one thread, and starts those of the workloads itself.
@NullMarked
package io.zapkv.bench.run;

import org.jspecify.annotations.NullMarked;
