package io.zapkv.bench.run;

/// One benchmark on one engine, in figures. The names of the components are the names in JSON.
///
/// @param engine which engine
/// @param benchmark which benchmark
/// @param threads how many threads ran it
/// @param records how many keys the store was made for
/// @param valueBytes length of a value
/// @param operations operations done
/// @param seconds how long they took
/// @param opsPerSecond the one divided by the other
/// @param p50Micros the median latency, in microseconds; so the 99th and 99.9th percentile
/// @param p99Micros see there
/// @param p999Micros see there
/// @param maxMicros the longest latency, in microseconds
/// @param userBytesWritten bytes of keys and values that the benchmark wrote
/// @param deviceBytesWritten bytes the engine wrote to its device, background work included
/// @param writeAmplification the one for each of the other; 0 where nothing was written
/// @param spaceBytes bytes the device held at the end
/// @param zoneResets zones emptied
/// @param zoneFinishes zones closed before they were full
/// @param copiedBytes bytes moved only to free a zone
public record Result(
    String engine,
    String benchmark,
    int threads,
    long records,
    int valueBytes,
    long operations,
    double seconds,
    double opsPerSecond,
    double p50Micros,
    double p99Micros,
    double p999Micros,
    double maxMicros,
    long userBytesWritten,
    long deviceBytesWritten,
    double writeAmplification,
    long spaceBytes,
    long zoneResets,
    long zoneFinishes,
    long copiedBytes) {}
