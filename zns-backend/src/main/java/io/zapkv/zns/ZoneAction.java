package io.zapkv.zns;

/// What can be done to a zone as a whole.
public enum ZoneAction {
  /// Opens it explicitly, so that the device does not close it by itself (D14).
  OPEN,
  /// Gives its open slot back; it stays active (D13).
  CLOSE,
  /// Makes it full where it stands; slow on real devices (D20).
  FINISH,
  /// Empties it; what it held is gone.
  RESET
}
