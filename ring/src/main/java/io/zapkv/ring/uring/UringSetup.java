package io.zapkv.ring.uring;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.zapkv.ring.Errno;
import io.zapkv.ring.Ring;
import io.zapkv.ring.RingException;
import io.zapkv.ring.RingOptions;
import io.zapkv.ring.sys.CallState;
import io.zapkv.ring.sys.Libc;
import io.zapkv.ring.sys.UringCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What a ring shares with the kernel: a descriptor and three mappings.
///
/// ```
///   queues   head, tail and flags of both queues, the entries of the completion queue
///   entries  the entries of the submission queue
///   vectors  ours: the lists of buffers of gathered writes, one for each slot
/// ```
///
/// **Memory.** None of it belongs to an arena: an arena can be closed while the kernel still
/// writes. [#close] is for a ring whose every completion has been taken; the other way out is to
/// leave everything mapped and open until the process ends.
final class UringSetup {
  /// `struct iovec`: an address and a length.
  static final int VECTOR_BYTES = 16;

  private static final int NEEDED_FEATURES =
      UringAbi.FEAT_SINGLE_MMAP
          | UringAbi.FEAT_NODROP
          | UringAbi.FEAT_SUBMIT_STABLE
          | UringAbi.FEAT_EXT_ARG;

  /// One entry in the completion queue for the cancellation that a close may send.
  private static final int SPARE_COMPLETIONS = 1;

  private static final int PROT_READ_WRITE = 0x3;
  private static final int MAP_SHARED = 0x1;
  private static final int MAP_PRIVATE = 0x2;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final int MAP_NORESERVE = 0x4000;
  private static final int MAP_POPULATE = 0x8000;

  private final CallState state = new CallState(Arena.ofAuto());
  private final MemorySegment params;
  private final boolean big;
  private final int fd;
  private MemorySegment queues = MemorySegment.NULL;
  private MemorySegment entries = MemorySegment.NULL;
  private MemorySegment vectors = MemorySegment.NULL;

  private UringSetup(MemorySegment params, boolean big, int fd) {
    this.params = params;
    this.big = big;
    this.fd = fd;
  }

  /// Makes a ring.
  ///
  /// @throws RingException where the kernel refuses, with the cure
  static UringSetup open(RingOptions options, UringCalls calls) {
    int length = powerOfTwo(options.capacity());
    MemorySegment params = Arena.ofAuto().allocate(ParamsDescriptor.BYTES, Long.BYTES);
    params.set(JAVA_INT, ParamsDescriptor.FLAGS, flags(options));
    params.set(
        JAVA_INT, ParamsDescriptor.CQ_ENTRIES, powerOfTwo(options.capacity() + SPARE_COMPLETIONS));
    int fd = calls.setup(length, params);
    if (fd < 0) {
      throw UringProbe.setupRefused(-fd);
    }
    UringSetup setup = new UringSetup(params, options.commands(), fd);
    boolean complete = false;
    try {
      int missing = NEEDED_FEATURES & ~params.get(JAVA_INT, ParamsDescriptor.FEATURES);
      if (missing != 0) {
        throw UringProbe.tooOld("features 0x" + Integer.toHexString(missing));
      }
      setup.map(options.capacity());
      complete = true;
      return setup;
    } finally {
      if (!complete) {
        setup.close();
      }
    }
  }

  /// No mode that ties a ring to one thread (`SINGLE_ISSUER`, `DEFER_TASKRUN`): owners change. With
  /// `COOP_TASKRUN` a completion is not announced by interrupting the owner; it is seen when he
  /// enters the kernel, which `TASKRUN_FLAG` tells a polling one to do. What another thread
  /// submitted arrives when that one next enters the kernel, at the latest by its scheduler's tick.
  private static int flags(RingOptions options) {
    int flags =
        UringAbi.SETUP_CQSIZE
            | UringAbi.SETUP_SUBMIT_ALL
            | UringAbi.SETUP_COOP_TASKRUN
            | UringAbi.SETUP_TASKRUN_FLAG;
    if (options.commands()) {
      flags |= UringAbi.SETUP_SQE128 | UringAbi.SETUP_CQE32;
    }
    if (options.polled()) {
      flags |= UringAbi.SETUP_IOPOLL;
    }
    return flags;
  }

  private static int powerOfTwo(int atLeast) {
    return atLeast == 1 ? 1 : Integer.highestOneBit(atLeast - 1) << 1;
  }

  private void map(int capacity) {
    int submissions = params.get(JAVA_INT, ParamsDescriptor.SQ_ENTRIES);
    long arrayEnd =
        params.get(JAVA_INT, ParamsDescriptor.SQ_ARRAY) + (long) submissions * Integer.BYTES;
    long completionsEnd =
        params.get(JAVA_INT, ParamsDescriptor.CQ_CQES)
            + (long) params.get(JAVA_INT, ParamsDescriptor.CQ_ENTRIES)
                * (big ? CqeDescriptor.BIG_BYTES : CqeDescriptor.BYTES);
    queues = mapShared(Math.max(arrayEnd, completionsEnd), UringAbi.OFF_SQ_RING);
    long entriesBytes = (long) submissions * (big ? SqeDescriptor.BIG_BYTES : SqeDescriptor.BYTES);
    entries = mapShared(entriesBytes, UringAbi.OFF_SQES);
    vectors =
        map(
            (long) capacity * Ring.VECTORS_MAX * VECTOR_BYTES,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
            -1,
            0);
  }

  private MemorySegment mapShared(long bytes, long offset) {
    return map(bytes, MAP_SHARED | MAP_POPULATE, fd, offset);
  }

  private MemorySegment map(long bytes, int flags, int mappedFd, long offset) {
    long address = Libc.mmap(state, bytes, PROT_READ_WRITE, flags, mappedFd, offset);
    if (address < 0) {
      throw new RingException(
          "mapping the queues of io_uring failed with " + Errno.name((int) -address),
          (int) -address,
          "there is no memory or no address space for it: look at ulimit -v and ulimit -l");
    }
    return Libc.mapped(address, bytes);
  }

  int fd() {
    return fd;
  }

  SubmissionQueue submissionQueue() {
    return new SubmissionQueue(queues, entries, params, big);
  }

  CompletionQueue completionQueue() {
    return new CompletionQueue(queues, params, big);
  }

  /// Room for [Ring#VECTORS_MAX] vectors for each slot; memory is used where it is written.
  MemorySegment vectors() {
    return vectors;
  }

  /// Ends the ring. Requires: the kernel has nothing of it left to do.
  void close() {
    Libc.close(state, fd);
    unmap(entries);
    unmap(queues);
    unmap(vectors);
  }

  private void unmap(MemorySegment mapping) {
    if (mapping.byteSize() > 0) {
      Libc.munmap(state, mapping.address(), mapping.byteSize());
    }
  }
}
