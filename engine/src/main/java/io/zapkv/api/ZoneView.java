package io.zapkv.api;

import java.util.List;

/// What one zone of a device holds.
///
/// @param zone its number
/// @param state what the device says of it
/// @param use what the store keeps in it
/// @param generation how often it was reset, as the store counts
/// @param writtenBytes bytes up to its write pointer; all of the capacity where it is full
/// @param capacityBytes bytes it can take
/// @param dataBytes of the bytes written, those that are data and not padding
/// @param tables ids of the live tables with bytes in it, ascending
public record ZoneView(
    int zone,
    State state,
    Use use,
    int generation,
    long writtenBytes,
    long capacityBytes,
    long dataBytes,
    List<Long> tables) {
  /// Keeps a copy of the list.
  public ZoneView {
    tables = List.copyOf(tables);
  }

  /// How full it is with data: 0 to 1.
  public double fill() {
    return capacityBytes == 0 ? 0 : (double) dataBytes / capacityBytes;
  }

  /// What the device says of a zone.
  public enum State {
    /// Nothing is written.
    EMPTY,
    /// Being written, and holds one of the device's places for open zones.
    OPEN,
    /// Written in part, and holds one of the device's places for active zones.
    CLOSED,
    /// Takes no more until it is reset.
    FULL,
    /// Can be read, never written again.
    READ_ONLY,
    /// Lost.
    OFFLINE
  }

  /// What a store keeps in a zone. All of a zone dies at about the same time.
  public enum Use {
    /// Nothing: ready to be taken.
    FREE,
    /// One of the two metadata journals.
    META,
    /// The log of recent writes.
    LOG,
    /// Tables of level 0, and tables too small for a zone of their own.
    SHARED,
    /// One table that fills it.
    TABLE,
    /// Nothing that lives: waiting to be reset.
    DEAD,
    /// Bytes this store did not write, or cannot tell.
    UNKNOWN
  }
}
