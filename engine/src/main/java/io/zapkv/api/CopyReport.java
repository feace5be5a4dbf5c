package io.zapkv.api;

import java.util.List;

/// What a copy of a store has moved.
///
/// @param from the device copied from
/// @param to the device copied to
/// @param zones zones that hold something
/// @param bytes bytes of them
/// @param offlineZones zones that the source has lost; they are empty in the copy
/// @param lostLogZones of these, the ones that may have held log: what was written last may be
///   missing in the copy, which opens without it
/// @param verified what the copy looks like, read from end to end
public record CopyReport(
    String from,
    String to,
    int zones,
    long bytes,
    int offlineZones,
    List<Integer> lostLogZones,
    VerifyReport verified) {
  /// Keeps a copy of the list.
  public CopyReport {
    lostLogZones = List.copyOf(lostLogZones);
  }
}
