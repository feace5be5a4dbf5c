package io.zapkv.zns.emulated;

/// How the files of zones are used.
///
/// @param discards whether a reset gives blocks back to the file system
/// @param direct whether reads and writes go past the page cache; nothing is mapped then
public record FileUse(boolean discards, boolean direct) {
  /// Whether bytes may be read in place. Not where resets give blocks back: between the cut of a
  /// file and its stretching, reading its mapping would be a fault.
  boolean maps() {
    return !discards && !direct;
  }
}
