package io.zapkv.engine.core;

import io.zapkv.engine.read.Lookup;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Spare [Lookup]s, so that a get allocates none.
///
/// A thread looks in one place only, chosen by its id: an empty place costs one small object, a
/// search would cost more.
///
/// **Threading.** Any thread; no lock, and no thread-local that a million virtual threads would
/// each fill.
final class LookupPool implements AutoCloseable {
  private static final int PLACES = 64;
  private static final int STRIDE = 16; // references of 4 bytes: a cache line each

  private final AtomicReferenceArray<@Nullable Lookup> places =
      new AtomicReferenceArray<>(PLACES * STRIDE);

  /// One to use, the caller's until it is given back.
  Lookup take() {
    Lookup spare = places.getAndSet(place(), null);
    return spare != null ? spare : new Lookup();
  }

  /// Gives one back.
  void give(Lookup lookup) {
    places.setRelease(place(), lookup);
  }

  /// Frees what the spare ones hold. Requires: nobody takes or gives any more.
  @Override
  public void close() {
    for (int place = 0; place < PLACES; place++) {
      Lookup spare = places.getAndSet(place * STRIDE, null);
      if (spare != null) {
        spare.close();
      }
    }
  }

  private static int place() {
    return (int) (Thread.currentThread().threadId() & (PLACES - 1)) * STRIDE;
  }
}
