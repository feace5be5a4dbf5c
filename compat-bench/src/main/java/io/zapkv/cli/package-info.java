/// The command line: `zap`, and one class for each verb.
///
/// Verbs read their arguments, call the store or a benchmark, and print. They know the store by its
/// public API and get it from an [io.zapkv.bench.target.Engine], so that tests can hand in another.
///
/// **Failures.** A verb throws; [Failures] turns that into one line on standard error and an exit
/// code that is not 0.
@NullMarked
package io.zapkv.cli;

import org.jspecify.annotations.NullMarked;
