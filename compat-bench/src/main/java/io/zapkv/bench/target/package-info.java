/// The stores under comparison, behind one door: ZapKV, RocksDB, and a map in memory that cannot be
/// wrong.
///
/// Benchmarks and differential tests are written against [Target] and know no engine. [Engine] is
/// where ZapKV itself comes in; tests hand in one of their own.
///
/// **Threading.** A target is shared by all threads of a run; a batch and a walk belong to one.
@NullMarked
package io.zapkv.bench.target;

import org.jspecify.annotations.NullMarked;
