package io.zapkv.bench.run;

/// Shows a person how far a run is.
///
/// **Threading.** One thread.
public interface Progress {
  /// A benchmark begins.
  ///
  /// @param label what it is, on which engine, and which of how many
  /// @param operations how many it does at most
  void begin(String label, long operations);

  /// So many operations are done.
  void update(long operations);

  /// The benchmark has ended.
  ///
  /// @param line its figures, in one line
  void end(String line);

  /// Shows nothing.
  static Progress none() {
    return new Progress() {
      @Override
      public void begin(String label, long operations) {}

      @Override
      public void update(long operations) {}

      @Override
      public void end(String line) {}
    };
  }
}
