/// What a ring is worth beside `fio`: the same reads and writes on the same file, in turns.
///
/// [RingBench] runs the plan, [RingLoad] is our side, [FioLoad] the other, [RingCell] one line of
/// the table and [RingReport] the table.
package io.zapkv.bench.ring;
