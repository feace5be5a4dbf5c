package io.zapkv.engine.base;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Spare objects of one kind, for hot paths that need one at a time each and shall leave no
/// garbage.
///
/// A thread looks in one place only, chosen by its id: an empty place costs one small object, a
/// search would cost more.
///
/// **Threading.** Any thread; no lock, and no thread-local that a million virtual threads would
/// each fill.
///
/// **Bounds.** 64 spare ones; what is given back beyond that is left to the collector.
public final class SparePool<T> {
  private static final int PLACES = 64;
  private static final int STRIDE = 16; // references of 4 bytes: a cache line each

  private final AtomicReferenceArray<@Nullable T> places =
      new AtomicReferenceArray<>(PLACES * STRIDE);
  private final Supplier<T> maker;

  /// An empty pool.
  ///
  /// @param maker makes one where there is no spare one
  public SparePool(Supplier<T> maker) {
    this.maker = maker;
  }

  /// One to use, the caller's until it is given back.
  public T take() {
    T spare = places.getAndSet(place(), null);
    return spare != null ? spare : maker.get();
  }

  /// Gives one back.
  public void give(T one) {
    places.setRelease(place(), one);
  }

  private static int place() {
    return (int) (Thread.currentThread().threadId() & (PLACES - 1)) * STRIDE;
  }
}
