package io.zapkv.zns;

/// What [ZoneStateMachine] decided.
public sealed interface ZoneTransition {
  /// The zone goes on to `state` and `writePointerBlocks`, both perhaps what they were.
  ///
  /// @param closesAnother whether an implicitly open zone must be closed first to make room (D14)
  record Moved(ZoneState state, long writePointerBlocks, boolean closesAnother)
      implements ZoneTransition {}

  /// Nothing changes.
  record Refused(ZoneFailure why) implements ZoneTransition {}
}
