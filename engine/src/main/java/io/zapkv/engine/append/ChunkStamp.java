package io.zapkv.engine.append;

/// What the envelopes of one stream have in common.
///
/// @param storeId drawn at random when the store was made
/// @param epoch how often the store had been opened for writing
/// @param fileId the table, or the log segment; 0 for metadata
public record ChunkStamp(long storeId, int epoch, long fileId) {}
