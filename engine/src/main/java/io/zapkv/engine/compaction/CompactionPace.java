package io.zapkv.engine.compaction;

/// Told how far a job has come, so that it can be slowed down.
@FunctionalInterface
public interface CompactionPace {
  /// Called by the job's thread each time it has read some more; may wait.
  ///
  /// @param readBytes keys and values read since the last call
  void advanced(long readBytes);
}
