package io.zapkv.api;

import java.util.List;

/// What a repair of a store has found and done.
///
/// @param device which
/// @param lostZones zones that are gone or cannot be read whole, and may have held some of the log
/// @param isLogWhole whether nothing of the log was missing: then the repair did what an opening
///   does
/// @param records records of the log that were brought back
/// @param verified what the store looks like afterwards, read from end to end
public record RepairReport(
    String device,
    List<Integer> lostZones,
    boolean isLogWhole,
    long records,
    VerifyReport verified) {
  /// Keeps a copy of the list.
  public RepairReport {
    lostZones = List.copyOf(lostZones);
  }
}
