package io.zapkv.zns.queue;

/// Carries the operations of one [DeviceQueue] out: what a kind of device has of its own.
///
/// Every operation travels through the ring, even one that is refused or moves no byte: it goes as
/// a no-op and carries its failure along. So there is one way back for all.
///
/// **Threading.** Belongs to the queue's owner.
public interface OperationRunner {
  /// Decides what the device needs not be asked for: that is all for an emulated zone, little for a
  /// real one. A slot with a failure stays as it is.
  void decide(Slot slot);

  /// Hands the operation, or the next step of it, to the ring, as `slot.index`.
  void send(Slot slot);

  /// Takes what the ring says of an operation.
  ///
  /// @param result as [io.zapkv.ring.CompletionHandler] says
  /// @param detail the device's own answer, where it has one
  /// @return whether it has come to its end, with `slot.failure` or without; otherwise it has been
  ///   sent on
  boolean arrived(Slot slot, int result, long detail);

  /// The slot's completion will never be taken: the ring is closed.
  void abandon(Slot slot);

  /// Frees what belongs to the queue. Called last.
  void close();
}
