package io.zapkv.zns.nvme;

import io.zapkv.ring.RingFile;
import java.lang.foreign.MemorySegment;

/// The way to one namespace: a node in production, a simulated controller in tests.
///
/// Commands are laid out as [NvmeCommandDescriptor] says. Both calls wait, and answer zero, a
/// positive status, or a negated errno.
///
/// **Threading.** Any thread.
interface NvmePort extends AutoCloseable {
  /// The namespace's number.
  int namespace();

  /// The most bytes of one command that the host can send.
  int transferBytesMax();

  /// Sends a command to the controller.
  int admin(MemorySegment command);

  /// Sends a command to the namespace.
  int io(MemorySegment command);

  /// What a ring sends commands to.
  RingFile file();

  /// Gives the locks back. Idempotent.
  @Override
  void close();
}
