package io.zapkv.engine.zone;

/// Who asks for a zone, which decides how many empty zones must stay for others, see [ZoneReserve].
public enum Purpose {
  /// The log takes writes that were accepted already.
  LOG,
  /// A memtable is written out.
  FLUSH,
  /// Tables are merged so that older ones can go: it makes room in the end.
  COMPACTION,
  /// Tables are written anew so that the zones they share with nothing alive can be emptied: it
  /// makes more room than it takes, at once.
  REWRITE,
  /// What the log held becomes tables when the store is opened. Nothing else goes on, and the zones
  /// of the log come free for it.
  RECOVERY
}
