package io.zapkv.zns;

/// What a zone can be asked to do, as [ZoneStateMachine] sees it.
public sealed interface ZoneCommand {
  /// Append `blocks` blocks, wherever the zone stands.
  record Append(long blocks) implements ZoneCommand {}

  /// Write `blocks` blocks at block `block`, which must be the write pointer (A9).
  record Write(long block, long blocks) implements ZoneCommand {}

  /// Open explicitly.
  record Open() implements ZoneCommand {}

  /// Close.
  record Close() implements ZoneCommand {}

  /// Finish.
  record Finish() implements ZoneCommand {}

  /// Reset.
  record Reset() implements ZoneCommand {}
}
