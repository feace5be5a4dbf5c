package io.zapkv.engine.version;

/// What one entry of the journal says: an edit of the version and, at the start of each journal,
/// the epoch.
///
/// @param edit the edit
/// @param epoch the epoch from now on; [VersionEdit#UNCHANGED] where it stays
record JournalStep(VersionEdit edit, long epoch) {}
