/// What is asked of a store: YCSB's workloads, and db_bench's benchmarks.
///
/// A [Workload] makes one [Worker] a thread; a worker does one operation a call and tells its
/// [Recorder] how long the store took. Nothing here knows which store it is.
///
/// **Threading.** A worker and its recorder belong to one thread; the runner reads a recorder's
/// count while it runs, and the rest when it has ended.
@NullMarked
package io.zapkv.bench.workload;

import org.jspecify.annotations.NullMarked;
