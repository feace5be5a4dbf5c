package io.zapkv.zns;

/// The states of a zone (NVMe Zoned Namespace Command Set, 2.1.1.3).
public enum ZoneState {
  /// Nothing written since the last reset.
  EMPTY,
  /// Opened by an append or a write; the device may close it to make room (D14).
  IMPLICITLY_OPEN,
  /// Opened by command; stays open until told otherwise.
  EXPLICITLY_OPEN,
  /// Partly written, holds no open slot but still an active one (D13).
  CLOSED,
  /// Its data can be read; it will never be written again (D16).
  READ_ONLY,
  /// Written to its capacity, or finished.
  FULL,
  /// Gone, data and all (D16).
  OFFLINE;

  /// Whether the zone holds one of the device's open slots.
  public boolean isOpen() {
    return this == IMPLICITLY_OPEN || this == EXPLICITLY_OPEN;
  }

  /// Whether the zone holds one of the device's active slots (D13).
  public boolean isActive() {
    return isOpen() || this == CLOSED;
  }
}
