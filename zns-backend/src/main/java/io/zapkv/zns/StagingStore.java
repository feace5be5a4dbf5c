package io.zapkv.zns;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Named pieces of memory outside the zones that outlive the process, though not a power cut.
///
/// **Threading.** Any thread.
///
/// **Memory.** What [#map] answers lives until the device is closed, even when it was deleted.
///
/// **Failures.** [StagingException]: no room, another length than stored, a store opened read only.
public interface StagingStore {
  /// Maps the piece called `name`; creates it, filled with zeros, where there is none. Its room is
  /// taken when this returns, so that a later store does not meet a full disk. Mapping a name again
  /// answers the same memory.
  ///
  /// @param name letters, digits, `-`, `_` and `.`, not starting with a point
  /// @param bytes its length; a stored piece of another length is refused
  MemorySegment map(String name, long bytes);

  /// The names of the pieces there are, in order.
  List<String> names();

  /// Forgets the piece called `name`, if there is one; a mapping of it stays valid.
  void delete(String name);
}
