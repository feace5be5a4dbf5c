package io.zapkv.engine.base;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/// Counts the off-heap memory one store holds, by use, against one limit.
///
/// It counts and does not allocate: who takes memory charges it, who gives it back releases it, and
/// the block cache sizes itself by what the others leave.
///
/// **Threading.** Any thread.
public final class MemoryBudget {
  /// What memory is held for.
  public enum Use {
    MEMTABLE,
    CACHE,
    TABLE_INDEX,
    BUFFER
  }

  private final long totalBytes;
  private final Map<Use, AtomicLong> usedBytes = new EnumMap<>(Use.class);

  /// A budget of `totalBytes` bytes, nothing of it used.
  public MemoryBudget(long totalBytes) {
    this.totalBytes = totalBytes;
    for (Use use : Use.values()) {
      usedBytes.put(use, new AtomicLong());
    }
  }

  /// Records `bytes` more held for `use`.
  public void charge(Use use, long bytes) {
    of(use).addAndGet(bytes);
  }

  /// Records `bytes` given back.
  public void release(Use use, long bytes) {
    long left = of(use).addAndGet(-bytes);
    Invariants.check(left >= 0, "more memory given back than was taken");
  }

  /// Bytes held for `use` now.
  public long usedBytes(Use use) {
    return of(use).get();
  }

  /// The limit.
  public long totalBytes() {
    return totalBytes;
  }

  private AtomicLong of(Use use) {
    return Objects.requireNonNull(usedBytes.get(use)); // the constructor put every use in
  }
}
