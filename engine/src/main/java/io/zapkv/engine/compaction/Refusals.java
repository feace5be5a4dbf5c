package io.zapkv.engine.compaction;

/// Choices that were refused before, since they would free too little: the next ones are tried.
///
/// **Threading.** Of one choice, on one thread.
final class Refusals {
  private final int refused;
  private int passedOver;

  Refusals(int refused) {
    this.refused = refused;
  }

  /// Whether the next choice that may be refused is one of those that were.
  boolean refusesNext() {
    return passedOver++ < refused;
  }
}
