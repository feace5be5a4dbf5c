package io.zapkv.bench.workload;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// The benchmarks of db_bench that are run here, with its meanings.
public enum DbBenchKind {
  /// Writes every key in order, into an empty store.
  FILLSEQ(true),
  /// Writes N keys drawn at random, into an empty store.
  FILLRANDOM(true),
  /// Writes N keys drawn at random, into what is there.
  OVERWRITE(false),
  /// Writes every key in order, in batches of 1,000, into an empty store.
  FILLBATCH(true),
  /// Writes N/1000 keys drawn at random, each durable when its write returns, into an empty store.
  FILLSYNC(true),
  /// Reads N keys drawn at random.
  READRANDOM(false),
  /// Reads N keys drawn at random that are not there.
  READMISSING(false),
  /// Reads entries in order, from the first; each entry counts.
  READSEQ(false),
  /// Seeks to a key drawn at random and reads it and the 10 entries that follow, N times.
  SEEKRANDOM(false),
  /// The same backwards: it and the 10 entries before.
  SEEKRANDOM_REVERSE(false),
  /// Deletes N keys drawn at random.
  DELETERANDOM(false);

  private final boolean fresh;

  DbBenchKind(boolean fresh) {
    this.fresh = fresh;
  }

  /// Whether it wants an empty store.
  public boolean isFresh() {
    return fresh;
  }

  /// The benchmark of a name, in either case.
  public static DbBenchKind of(String name) {
    return Arrays.stream(values())
        .filter(kind -> kind.label().equalsIgnoreCase(name.strip()))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no benchmark is called " + name + ": " + labels()));
  }

  /// Its name in lists, tables and files.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Every name.
  public static String labels() {
    return Arrays.stream(values()).map(DbBenchKind::label).collect(Collectors.joining(","));
  }
}
