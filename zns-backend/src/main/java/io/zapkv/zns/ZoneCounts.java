package io.zapkv.zns;

/// How many zones of a device hold a slot.
///
/// @param implicitlyOpen zones opened by an append or write
/// @param explicitlyOpen zones opened by command
/// @param closed zones closed but active
public record ZoneCounts(int implicitlyOpen, int explicitlyOpen, int closed) {
  /// Zones that hold an open slot.
  public int open() {
    return implicitlyOpen + explicitlyOpen;
  }

  /// Zones that hold an active slot (D13).
  public int active() {
    return open() + closed;
  }
}
