/// What came out of a run, for people and for programs.
///
/// A [Report] holds everything; [TextTable] prints it, [JsonReport] writes the plain figures, and
/// [HtmlReport] writes one page that needs no network.
///
/// **Threading.** One thread.
@NullMarked
package io.zapkv.bench.report;

import org.jspecify.annotations.NullMarked;
