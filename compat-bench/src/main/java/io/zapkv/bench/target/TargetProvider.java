package io.zapkv.bench.target;

import java.nio.file.Path;

/// A store that comes from outside, found on the class path as a service.
///
/// So a store can be compared with that nothing of ZapKV depends on: LMDB and H2's MVStore are
/// dependencies of the tests alone, and there only in a clone.
public interface TargetProvider {
  /// The name it is asked for by.
  String name();

  /// Opens the store in `folder`, creating what is missing.
  Target open(Path folder, TargetOptions options);
}
