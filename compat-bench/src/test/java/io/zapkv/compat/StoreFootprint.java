package io.zapkv.compat;

import io.zapkv.api.StoreStats;
import io.zapkv.api.ZapStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.TreeSet;

/// What stores of one set-up did and took, added up over all their openings: by this one sees that
/// two set-ups were really two.
final class StoreFootprint {
  long flushes;
  long compactions;
  long appends;
  long deviceBytes;
  long cacheLookups;
  long cacheMisses;
  long resets;

  /// Of the last opening of each store.
  long tables;

  long liveBytes;
  long cacheBytes;

  final Set<String> rings = new TreeSet<>();

  /// The store, whose figures are added here when it is closed.
  ZapStore watch(ZapStore store) {
    return (ZapStore)
        Proxy.newProxyInstance(
            StoreFootprint.class.getClassLoader(),
            new Class<?>[] {ZapStore.class},
            (_, method, arguments) -> {
              if (method.getName().equals("close")) {
                add(store.stats());
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private void add(StoreStats stats) {
    flushes += stats.background().flushes();
    compactions += stats.background().compactions();
    appends += stats.writes().appends();
    deviceBytes += stats.writes().deviceBytesWritten();
    cacheLookups += stats.reads().cacheHits() + stats.reads().cacheMisses();
    cacheMisses += stats.reads().cacheMisses();
    resets += stats.zones().resets();
    tables = stats.levels().stream().mapToInt(StoreStats.Level::tables).sum();
    liveBytes = stats.space().liveBytes();
    cacheBytes = stats.memory().cacheBytes();
    rings.add(stats.ring());
  }

  /// Adds what another has counted.
  void add(StoreFootprint other) {
    flushes += other.flushes;
    compactions += other.compactions;
    appends += other.appends;
    deviceBytes += other.deviceBytes;
    cacheLookups += other.cacheLookups;
    cacheMisses += other.cacheMisses;
    resets += other.resets;
    tables += other.tables;
    liveBytes += other.liveBytes;
    cacheBytes += other.cacheBytes;
    rings.addAll(other.rings);
  }

  @Override
  public String toString() {
    return "%d flushes, %d merges, %d appends, %d KiB to the device, %d lookups and %d misses, "
            .formatted(flushes, compactions, appends, deviceBytes >> 10, cacheLookups, cacheMisses)
        + "%d resets; in the end %d tables of %d KiB, %d KiB cached"
            .formatted(resets, tables, liveBytes >> 10, cacheBytes >> 10);
  }
}
