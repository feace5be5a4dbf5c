package io.zapkv.engine.zone;

/// What a zone is filled with: things that die at about the same time share zones, others never do.
public enum Lifetime {
  /// One of the two metadata journals. Never leased: the manifest owns these zones.
  META,
  /// The log of recent writes. Every lease begins an empty zone, and none is continued after the
  /// store was reopened.
  LOG,
  /// Tables of level 0, which die in the order they came.
  LEVEL0,
  /// Tables of the levels between.
  UPPER,
  /// Tables of the last level that cannot fill a zone alone: the tails of compactions.
  SHARED,
  /// One table, cut to fill the zone. Every lease begins an empty zone.
  ZONE;

  /// What a table has that shares zones.
  ///
  /// @param level where it is, from 0
  /// @param levels how many there are
  public static Lifetime ofLevel(int level, int levels) {
    return level == 0 ? LEVEL0 : level < levels - 1 ? UPPER : SHARED;
  }

  /// Whether several tables take part of a zone of this kind.
  boolean isShared() {
    return this == LEVEL0 || this == UPPER || this == SHARED;
  }
}
