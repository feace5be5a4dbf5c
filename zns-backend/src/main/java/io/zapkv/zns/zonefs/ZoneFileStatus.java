package io.zapkv.zns.zonefs;

import io.zapkv.zns.ZoneState;

/// What the file of a zone says of it.
///
/// @param permissions who may do what: nobody anything where the zone is offline, or was read only
///   when it was mounted (zns-facts Z4); nobody may write where it can only be read
/// @param sizeBytes the write pointer (Z3)
/// @param capacityBytes the capacity (Z3)
record ZoneFileStatus(int permissions, long sizeBytes, long capacityBytes) {
  private static final int WRITE = 0222;

  /// The state of the zone as far as a file can show it: an open zone cannot be told from a closed
  /// one.
  ZoneState state() {
    if (permissions == 0) {
      return ZoneState.OFFLINE;
    }
    if ((permissions & WRITE) == 0) {
      return ZoneState.READ_ONLY;
    }
    if (sizeBytes == 0) {
      return ZoneState.EMPTY;
    }
    return sizeBytes >= capacityBytes ? ZoneState.FULL : ZoneState.CLOSED;
  }
}
