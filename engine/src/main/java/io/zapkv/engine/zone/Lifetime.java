package io.zapkv.engine.zone;

/// What a zone is filled with: things that die at about the same time share zones, others never do.
public enum Lifetime {
  /// One of the two metadata journals. Never leased: the manifest owns these zones.
  META,
  /// The log of recent writes. Every lease begins an empty zone, and none is continued after the
  /// store was reopened.
  LOG,
  /// Tables that cannot fill a zone alone: level 0, and the tails of compactions.
  SHARED,
  /// One table, cut to fill the zone. Every lease begins an empty zone.
  ZONE
}
