/// Every workload in every setting, and whether ZapKV is as far ahead as it means to be.
///
/// [Matrix] runs the suites of [io.zapkv.bench.run] panel by panel and makes a [MatrixReport].
/// Entered by the command line only. One thread.
@NullMarked
package io.zapkv.bench.matrix;

import org.jspecify.annotations.NullMarked;
