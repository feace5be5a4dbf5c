package io.zapkv.ring;

/// Receives finished operations from [Ring#poll] and [Ring#await].
///
/// Called on the polling thread, once for each operation, in the order in which operations
/// finished, which need not be the order in which they were submitted. The call must not block and
/// must not poll the same ring; it may submit.
@FunctionalInterface
public interface CompletionHandler {
  /// @param token the caller's own number, as given at submission
  /// @param result bytes moved when zero or more; otherwise a negated errno, see [Errno]
  /// @param detail the device's own answer where the operation has one (for a zone append: where
  ///   the data landed); otherwise zero. Never the same field as the result (append contract, A1).
  void onCompletion(long token, int result, long detail);
}
