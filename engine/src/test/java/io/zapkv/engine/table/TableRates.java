package io.zapkv.engine.table;

import io.zapkv.api.Compression;
import io.zapkv.engine.append.AppendStream;
import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.zone.Lifetime;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.SplittableRandom;

/// Prints how fast one cached table is read and written. Not a test and not JMH: it tells factors,
/// not nanoseconds.
///
/// ```
///   java … io.zapkv.engine.table.TableRates [entries] [rounds]
/// ```
final class TableRates {
  private static final int KEY = 16;
  private static final int VALUE = 100;

  private TableRates() {}

  public static void main(String[] arguments) {
    int entries = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 300_000;
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
    for (Compression compression : Compression.values()) {
      try (TableWorkshop workshop = TableWorkshop.open("mem:?zones=32&capacity=64MiB", 256L << 20);
          Arena arena = Arena.ofShared()) {
        MemorySegment key = arena.allocate(KEY);
        MemorySegment value = arena.allocate(VALUE);
        TableMeta meta = null;
        for (int round = 0; round < rounds; round++) {
          long start = now();
          meta = write(workshop, compression, entries, key, value, round + 1);
          print(compression, "write, entries/s", entries, start);
        }
        System.out.printf(
            Locale.ROOT,
            "%s blocks %d, %.1f bytes an entry%n",
            compression,
            meta.blocks(),
            meta.blocks() * 4096.0 / entries);
        try (TableReader table = TableReader.open(meta, workshop.context);
            GetResult result = new GetResult()) {
          for (int round = 0; round < rounds; round++) {
            gets(workshop, table, entries, key, result, compression);
            misses(workshop, table, entries, key, result, compression);
            walks(workshop, table, key, compression, entries);
          }
        }
      }
    }
  }

  private static TableMeta write(
      TableWorkshop workshop,
      Compression compression,
      int entries,
      MemorySegment key,
      MemorySegment value,
      long id) {
    SplittableRandom random = new SplittableRandom(1);
    try (AppendStream stream = workshop.stream(Lifetime.SHARED);
        TableWriter writer =
            TableWriter.sharingZones(TableOptions.of(compression), stream, id, 0)) {
      for (int i = 0; i < entries; i++) {
        number(key, 2 * i);
        for (int at = 0; at < VALUE / 2; at += 8) {
          value.set(ValueLayout.JAVA_LONG_UNALIGNED, at, random.nextLong());
        }
        writer.hasRoomFor(KEY, VALUE);
        writer.add(key, 0, KEY, i + 1, ValueKind.PUT, value, 0, VALUE);
      }
      return writer.finish();
    }
  }

  private static void gets(
      TableWorkshop workshop,
      TableReader table,
      int entries,
      MemorySegment key,
      GetResult result,
      Compression compression) {
    SplittableRandom random = new SplittableRandom(2);
    long start = now();
    int asked = 1_000_000;
    for (int i = 0; i < asked; i++) {
      number(key, 2 * random.nextInt(entries));
      get(workshop, table, key, result, GetResult.FOUND);
    }
    print(compression, "get, found/s", asked, start);
  }

  private static void misses(
      TableWorkshop workshop,
      TableReader table,
      int entries,
      MemorySegment key,
      GetResult result,
      Compression compression) {
    SplittableRandom random = new SplittableRandom(2);
    long start = now();
    int asked = 1_000_000;
    for (int i = 0; i < asked; i++) {
      number(key, 2 * random.nextInt(entries) + 1);
      get(workshop, table, key, result, GetResult.NOT_HERE);
    }
    print(compression, "get, missing/s", asked, start);
  }

  private static void get(
      TableWorkshop workshop, TableReader table, MemorySegment key, GetResult result, int state) {
    int ticket = workshop.gate.enter();
    long hash = Keys.hash(key, 0, KEY);
    if (table.get(key, 0, KEY, hash, Long.MAX_VALUE >>> 8, result) != state) {
      throw new AssertionError("wrong answer");
    }
    workshop.gate.exit(ticket);
  }

  private static void walks(
      TableWorkshop workshop,
      TableReader table,
      MemorySegment key,
      Compression compression,
      int entries) {
    long start = now();
    int seen = 0;
    try (InternalCursor cursor = table.cursor()) {
      for (cursor.first(); cursor.isValid(); cursor.next()) {
        int ticket = workshop.gate.enter();
        seen += cursor.keyLength();
        workshop.gate.exit(ticket);
      }
      print(compression, "next, entries/s", entries, start);
      start = now();
      for (cursor.last(); cursor.isValid(); cursor.prev()) {
        seen += cursor.keyLength();
      }
      print(compression, "prev, entries/s", entries, start);
    }
    if (seen != 2 * entries * KEY) {
      throw new AssertionError("wrong walk");
    }
    SplittableRandom random = new SplittableRandom(3);
    start = now();
    int seeks = 200_000;
    for (int i = 0; i < seeks; i++) {
      try (InternalCursor cursor = table.cursor()) {
        number(key, 2 * random.nextInt(entries));
        int ticket = workshop.gate.enter();
        cursor.seek(key, 0, KEY, 1L << 50);
        for (int step = 0; step < 10 && cursor.isValid(); step++) {
          cursor.next();
        }
        workshop.gate.exit(ticket);
      }
    }
    print(compression, "open, seek, 10 next/s", seeks, start);
  }

  private static void number(MemorySegment key, long number) {
    long rest = number;
    for (int i = KEY - 1; i >= 0; i--, rest /= 10) {
      key.set(ValueLayout.JAVA_BYTE, i, (byte) ('0' + rest % 10));
    }
  }

  /// Processor time of this thread: on a shared machine the clock on the wall tells little. What
  /// other threads do (appends, the compiler) is not in it.
  private static long now() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void print(Compression compression, String what, int count, long start) {
    double seconds = (now() - start) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%-4s %-22s %,12.0f  (%.0f ns)%n",
        compression,
        what,
        count / seconds,
        seconds * 1e9 / count);
  }
}
