package io.zapkv.zns;

/// Receives finished operations of a [ZoneQueue], on the thread that polls it.
///
/// Success and failure are two methods, so that nobody can read an address out of a failed
/// completion (A10). A call must not block or poll the same queue; it may submit.
public interface ZoneHandler {
  /// The operation succeeded.
  ///
  /// @param token the caller's number
  /// @param bytes bytes moved, zero for operations that move none
  /// @param address where the data landed, for append and copy; for all others [ZoneAddress#NONE]
  void onDone(long token, int bytes, long address);

  /// The operation failed; there is no address. The zone's pointer may have moved all the same
  /// (A11).
  void onFailed(long token, ZoneFailure failure);
}
