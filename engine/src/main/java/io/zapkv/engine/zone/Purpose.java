package io.zapkv.engine.zone;

/// Who asks for a zone, which decides how many empty zones must stay for others, see [ZoneReserve].
public enum Purpose {
  /// The log takes writes that were accepted already.
  LOG,
  /// A memtable is written out.
  FLUSH,
  /// Tables are rewritten so that older ones can go: it makes room in the end.
  COMPACTION
}
