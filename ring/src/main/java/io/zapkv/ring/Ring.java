package io.zapkv.ring;

import java.lang.foreign.MemorySegment;

/// A pair of bounded queues between one owner and the files it works on: operations go in,
/// completions come out.
///
/// ```
///   read / write / sync ──► queued ──► flush() ──► in flight ──► poll() ──► onCompletion
///        │ false: no room, poll and try again
/// ```
///
/// **Threading.** A ring has one owner at a time. Ownership may move between threads where the
/// program orders the two (a lock, a hand-over); two threads never call one ring at once.
///
/// **Memory.** A buffer handed to a ring belongs to the ring until its completion has been
/// delivered: it is neither changed nor freed before.
///
/// **Bounds.** At most [#capacity] operations are between submission and delivery; one more is
/// refused with `false`, never queued elsewhere. So the completion side cannot overflow, and a
/// completion that has to wait for a poll keeps all it carries (append contract, A6).
///
/// **Failures.** What goes wrong with one operation is that operation's result, a negated errno of
/// [Errno]. A transfer is whole or failed: a ring finishes a short one or reports an error (A2).
public interface Ring extends AutoCloseable {
  /// Flag: the next operation submitted runs only when this one has succeeded; otherwise it, and
  /// all that is chained to it, completes with minus [Errno#ECANCELED] and has no effect (A8).
  ///
  /// A chain ends at a flush, whatever the flags of its last operation say; so see that there is
  /// room for the whole of it before you begin one.
  int LINK = 1;

  /// The most buffers of one [#writev].
  int VECTORS_MAX = 256;

  /// As a limit of [#await]: none.
  long FOREVER = Long.MAX_VALUE;

  /// The most bytes of a [#command]: what a big submission entry has room for.
  int COMMAND_BYTES_MAX = 80;

  /// The most operations between submission and delivery.
  int capacity();

  /// The operations submitted whose completion has not been delivered yet.
  int outstanding();

  /// Queues a read of `target.byteSize()` bytes.
  ///
  /// @param offsetBytes where to read in the file
  /// @param flags zero or [#LINK]
  /// @param token the caller's own number, handed back unchanged
  /// @return false where the ring is full and nothing was queued
  boolean read(RingFile file, long offsetBytes, MemorySegment target, int flags, long token);

  /// Queues a write of the whole of `source`.
  ///
  /// @param offsetBytes where to write in the file
  /// @param flags zero or [#LINK]
  /// @param token the caller's own number, handed back unchanged
  /// @return false where the ring is full and nothing was queued
  boolean write(RingFile file, long offsetBytes, MemorySegment source, int flags, long token);

  /// Queues a write of the first `count` of `sources`, one behind the other, as one operation whose
  /// result is the sum of their bytes. The array belongs to the ring as the buffers do.
  ///
  /// @param offsetBytes where to write in the file
  /// @param count from one to [#VECTORS_MAX]
  /// @param flags zero or [#LINK]
  /// @param token the caller's own number, handed back unchanged
  /// @return false where the ring is full and nothing was queued
  boolean writev(
      RingFile file, long offsetBytes, MemorySegment[] sources, int count, int flags, long token);

  /// Queues a command of the file's own, such as an NVMe passthrough command
  /// (`IORING_OP_URING_CMD`, zns-facts D12).
  ///
  /// Its completion's result is zero, a positive status of the device, or a negated errno:
  /// [Errno#EOPNOTSUPP] on a ring that cannot do commands. Its detail is the device's 64-bit
  /// answer; it means nothing unless the result is zero (append contract, A10). A positive status
  /// counts as a failure for what is chained behind it. A command is never sent twice.
  ///
  /// @param operation which kind of command, for example `NVME_URING_CMD_IO`
  /// @param command the driver's structure, at most [#COMMAND_BYTES_MAX] bytes. It is copied at
  ///   once; the memory it points to belongs to the ring until the completion has been delivered.
  /// @param flags zero or [#LINK]
  /// @param token the caller's own number, handed back unchanged
  /// @return false where the ring is full and nothing was queued
  boolean command(RingFile file, int operation, MemorySegment command, int flags, long token);

  /// Queues a sync: when it succeeds, all writes to `file` that had *completed* before it was
  /// submitted survive a power cut (zns-facts D21).
  ///
  /// @return false where the ring is full and nothing was queued
  boolean sync(RingFile file, int flags, long token);

  /// Queues an operation that does nothing but complete with result zero, in its turn.
  ///
  /// @return false where the ring is full and nothing was queued
  boolean nop(int flags, long token);

  /// Tells the ring that many operations will be on `file`, which stays open until the ring is
  /// closed.
  ///
  /// @return whether the ring makes anything of it; operations work the same either way
  default boolean registerFile(RingFile file) {
    return false;
  }

  /// Tells the ring that many buffers will be slices of `slab`, which is freed only after the ring
  /// is closed. To be called once.
  ///
  /// @return whether the ring makes anything of it; operations work the same either way
  default boolean registerBuffers(MemorySegment slab) {
    return false;
  }

  /// Starts all that is queued; returns how many operations that were.
  int flush();

  /// Delivers completions that are ready, up to `limit`, without waiting.
  ///
  /// @return how many were delivered
  int poll(CompletionHandler handler, int limit);

  /// Flushes, then waits until at least one completion can be delivered, and delivers up to
  /// `limit`. Returns zero at once where nothing is outstanding. An interrupt does not end the
  /// wait: the thread's interrupt status is kept for the caller.
  default int await(CompletionHandler handler, int limit) {
    return await(handler, limit, FOREVER);
  }

  /// The same, but waits no longer than `timeoutNanos`, and then returns zero. It is a limit on
  /// silence, for who wants to know whether anything still comes: a wait that also had to submit
  /// may take twice as long.
  int await(CompletionHandler handler, int limit, long timeoutNanos);

  /// Asks for all operations that were submitted with `token` to be given up. Each is completed all
  /// the same: with minus [Errno#ECANCELED] where it was given up, with its own result where it was
  /// too late, and not before its time where nothing can stop it, as a command that the device has.
  ///
  /// What had not begun has no effect. A write that was given up may have moved some of its bytes.
  void cancel(long token);

  /// Counts since the ring was opened.
  RingStats stats();

  /// Waits for all that is in flight, drops completions nobody took, and ends. What was queued and
  /// never flushed is not started. Idempotent; a submission afterwards is an
  /// [IllegalStateException].
  @Override
  void close();
}
