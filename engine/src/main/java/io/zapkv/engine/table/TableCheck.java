package io.zapkv.engine.table;

import io.zapkv.api.CorruptionException;
import java.util.List;

/// What reading a whole table showed.
///
/// @param blocks data blocks, leaves and filters that were read and whole
/// @param entries entries that were in order
/// @param problems what is wrong, in the order found; empty where nothing is
public record TableCheck(long blocks, long entries, List<CorruptionException> problems) {
  /// Keeps a copy of the list.
  public TableCheck {
    problems = List.copyOf(problems);
  }
}
