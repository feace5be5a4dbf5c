package io.zapkv.bench.run;

import java.util.List;
import org.HdrHistogram.Histogram;

/// A [Result] and what only the report shows.
///
/// @param result the figures
/// @param round which round it was of, from 0
/// @param latencies every latency, in nanoseconds
/// @param samples how far it was, every [Runner#SAMPLE_MILLIS]: operations done by then
/// @param settleSeconds how long background work went on afterwards, untimed
/// @param memoryBytes memory the engine said it used at the end
/// @param notFound reads that found nothing
public record Outcome(
    Result result,
    int round,
    Histogram latencies,
    List<Long> samples,
    double settleSeconds,
    long memoryBytes,
    long notFound) {
  /// Keeps a copy of the list.
  public Outcome {
    samples = List.copyOf(samples);
  }
}
