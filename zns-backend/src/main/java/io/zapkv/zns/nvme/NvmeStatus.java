package io.zapkv.zns.nvme;

import io.zapkv.ring.Errno;
import io.zapkv.zns.ZoneFailure;

/// What a completion says went wrong, and what that means for a zone (D7).
///
/// A status is the status code and its type, without the bits that say "more" and "do not retry":
/// the latter is set even on what passes (D7).
enum NvmeStatus {
  /// The device does not know the command.
  INVALID_OPCODE(0x001, ZoneFailure.TRANSPORT, false),
  /// The device does not take the command as it is; above a limit, for one.
  INVALID_FIELD(0x002, ZoneFailure.TRANSPORT, false),
  /// The bytes got lost on their way.
  DATA_TRANSFER_ERROR(0x004, ZoneFailure.TRANSPORT, true),
  /// The device was losing power.
  ABORTED_POWER_LOSS(0x005, ZoneFailure.TRANSPORT, true),
  /// The device failed within.
  INTERNAL_ERROR(0x006, ZoneFailure.TRANSPORT, true),
  /// Aborted by request, after a timeout for one (D10).
  ABORT_REQUESTED(0x007, ZoneFailure.TRANSPORT, true),
  /// Aborted with its queue.
  ABORTED_SQ_DELETION(0x008, ZoneFailure.TRANSPORT, true),
  /// The namespace is gone.
  INVALID_NAMESPACE(0x00B, ZoneFailure.TRANSPORT, false),
  /// The namespace can only be read.
  NAMESPACE_WRITE_PROTECTED(0x020, ZoneFailure.READ_ONLY, false),
  /// Something more urgent came in between.
  COMMAND_INTERRUPTED(0x021, ZoneFailure.TRANSPORT, true),
  /// The way to the medium failed for the moment.
  TRANSIENT_TRANSPORT_ERROR(0x022, ZoneFailure.TRANSPORT, true),
  /// Beyond the end of the namespace.
  LBA_OUT_OF_RANGE(0x080, ZoneFailure.TRANSPORT, false),
  /// The medium has no room behind the namespace.
  CAPACITY_EXCEEDED(0x081, ZoneFailure.MEDIA_WRITE, true),
  /// The namespace is not ready.
  NAMESPACE_NOT_READY(0x082, ZoneFailure.TRANSPORT, true),
  /// A range that can only be read.
  WRITE_TO_READ_ONLY_RANGE(0x182, ZoneFailure.READ_ONLY, false),
  /// A copy above the limits of copies.
  COMMAND_SIZE_LIMIT_EXCEEDED(0x183, ZoneFailure.TRANSPORT, false),
  /// The zone does not take this operation.
  ZONE_INVALID_OPERATION(0x1B6, ZoneFailure.INVALID_TRANSITION, false),
  /// Would cross the end of the zone.
  ZONE_BOUNDARY(0x1B8, ZoneFailure.BOUNDARY, false),
  /// The zone is full.
  ZONE_FULL(0x1B9, ZoneFailure.FULL, false),
  /// The zone can only be read.
  ZONE_READ_ONLY(0x1BA, ZoneFailure.READ_ONLY, false),
  /// The zone is gone.
  ZONE_OFFLINE(0x1BB, ZoneFailure.OFFLINE, false),
  /// A write not at the zone's pointer.
  ZONE_INVALID_WRITE(0x1BC, ZoneFailure.INVALID_WRITE, false),
  /// No active slot is free.
  TOO_MANY_ACTIVE_ZONES(0x1BD, ZoneFailure.TOO_MANY_ACTIVE, false),
  /// No open slot is free.
  TOO_MANY_OPEN_ZONES(0x1BE, ZoneFailure.TOO_MANY_OPEN, false),
  /// The zone's state does not allow it.
  ZONE_INVALID_TRANSITION(0x1BF, ZoneFailure.INVALID_TRANSITION, false),
  /// The medium could not be written; the pointer may have moved (D9).
  WRITE_FAULT(0x280, ZoneFailure.MEDIA_WRITE, true),
  /// The medium could not be read.
  UNRECOVERED_READ(0x281, ZoneFailure.MEDIA_READ, true),
  /// The medium's check of the data failed.
  GUARD_CHECK_ERROR(0x282, ZoneFailure.MEDIA_READ, true),
  /// The medium's check of the data's name failed.
  APPLICATION_TAG_CHECK_ERROR(0x283, ZoneFailure.MEDIA_READ, true),
  /// The medium's check of the data's place failed.
  REFERENCE_TAG_CHECK_ERROR(0x284, ZoneFailure.MEDIA_READ, true),
  /// Somebody has locked the data away.
  ACCESS_DENIED(0x286, ZoneFailure.TRANSPORT, false),
  /// Blocks that nobody has written (D5).
  UNWRITTEN_BLOCK(0x287, ZoneFailure.UNWRITTEN, false),
  /// No way to the device (multipath).
  INTERNAL_PATH_ERROR(0x300, ZoneFailure.TRANSPORT, true),
  /// The host's side of the way failed.
  HOST_PATH_ERROR(0x370, ZoneFailure.TRANSPORT, true),
  /// The host took the command back, after a timeout for one (D10).
  HOST_ABORTED(0x371, ZoneFailure.TRANSPORT, true),
  /// Any other.
  UNKNOWN(-1, ZoneFailure.TRANSPORT, true);

  private static final int CODE_AND_TYPE = 0x7FF;

  private final int code;
  private final ZoneFailure failure;
  private final boolean mayHaveWritten;

  NvmeStatus(int code, ZoneFailure failure, boolean mayHaveWritten) {
    this.code = code;
    this.failure = failure;
    this.mayHaveWritten = mayHaveWritten;
  }

  /// The status behind a positive result.
  static NvmeStatus of(int result) {
    for (NvmeStatus status : values()) {
      if (status.code == (result & CODE_AND_TYPE)) {
        return status;
      }
    }
    return UNKNOWN;
  }

  /// What it means to who asked.
  ZoneFailure failure() {
    return failure;
  }

  /// Whether a write, or a part of it, may have reached the zone all the same, and moved its
  /// pointer (A11).
  boolean mayHaveWritten() {
    return mayHaveWritten;
  }

  /// What a positive errno of a command means: that it is not known what has become of the command.
  /// So it is with `EINTR`, too: the driver says that of commands it took back from the device.
  static ZoneFailure ofErrno(int errno) {
    return errno == Errno.EROFS ? ZoneFailure.READ_ONLY : ZoneFailure.TRANSPORT;
  }

  /// Whether an errno says that the command has not been sent, and may be in a moment.
  static boolean wasNotSent(int errno) {
    return errno == Errno.EAGAIN || errno == Errno.ENOMEM || errno == Errno.EBUSY;
  }

  /// A result as people read it, with what to do.
  static String print(int result) {
    if (result < 0) {
      return Errno.name(-result);
    }
    NvmeStatus status = of(result);
    return "NVMe status 0x"
        + Integer.toHexString(result)
        + ", "
        + status
        + " ("
        + status.failure.advice()
        + ")";
  }
}
