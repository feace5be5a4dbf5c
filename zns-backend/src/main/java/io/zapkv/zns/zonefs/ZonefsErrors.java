package io.zapkv.zns.zonefs;

import io.zapkv.ring.Errno;
import io.zapkv.zns.ZoneFailure;

/// What an error number of a zonefs file means (zns-facts Z1 to Z7; reliability, F22).
///
/// | errno | on a write | on a truncate or an open for writing |
/// | --- | --- | --- |
/// | `EIO` | the medium failed, or somebody changed the zone | the same |
/// | `EINVAL` | not at the write pointer: a foreign writer | |
/// | `EFBIG` | the zone is at its capacity: a foreign writer | |
/// | `EPERM`, `EACCES` | zonefs has made the file read only | the same |
/// | `EROFS` | the whole file system was made read only | the same |
/// | `EBUSY`, `ETOOMANYREFS` | no open slot | the same |
/// | `EOVERFLOW` | no active slot | the same |
/// | `ENOSPC` | what lies under the device is full | |
/// | `EMFILE`, `ENFILE` | | no more files can be opened |
/// | others | the way to the device failed | the same |
final class ZonefsErrors {
  private ZonefsErrors() {}

  /// Why a write failed; `unmoved` says that the file is as long as it was known to be.
  static ZoneFailure ofWrite(int errno, boolean unmoved) {
    return switch (errno) {
      case Errno.EIO, Errno.ENOSPC -> ZoneFailure.MEDIA_WRITE;
      // At the right place neither of the two can be.
      case Errno.EINVAL, Errno.EFBIG -> unmoved ? ZoneFailure.TRANSPORT : ZoneFailure.INVALID_WRITE;
      default -> ofAccess(errno);
    };
  }

  /// Why a file could not be opened for writing.
  static ZoneFailure ofOpen(int errno) {
    return switch (errno) {
      case Errno.EIO -> ZoneFailure.MEDIA_WRITE;
      case Errno.EMFILE, Errno.ENFILE -> ZoneFailure.TOO_MANY_FILES;
      default -> ofAccess(errno);
    };
  }

  /// Why a reset or a finish failed.
  static ZoneFailure ofTruncate(int errno) {
    return switch (errno) {
      case Errno.EIO -> ZoneFailure.MEDIA_WRITE;
      case Errno.EINVAL -> ZoneFailure.INVALID_TRANSITION;
      default -> ofAccess(errno);
    };
  }

  private static ZoneFailure ofAccess(int errno) {
    return switch (errno) {
      case Errno.EPERM, Errno.EACCES, Errno.EROFS -> ZoneFailure.READ_ONLY;
      case Errno.EBUSY, Errno.ETOOMANYREFS -> ZoneFailure.TOO_MANY_OPEN;
      case Errno.EOVERFLOW -> ZoneFailure.TOO_MANY_ACTIVE;
      default -> ZoneFailure.TRANSPORT;
    };
  }

  /// Why a read failed. zonefs refuses to read a file that nobody has a right to any more, which it
  /// does to a zone that it found to be gone when an earlier read failed.
  static ZoneFailure ofRead(int errno) {
    return switch (errno) {
      case Errno.EIO -> ZoneFailure.MEDIA_READ;
      case Errno.EPERM, Errno.EACCES -> ZoneFailure.OFFLINE;
      case Errno.ECANCELED -> ZoneFailure.CANCELED;
      default -> ZoneFailure.TRANSPORT;
    };
  }

  /// Why a sync failed: nothing says any more what is on the medium (D21).
  static ZoneFailure ofSync(int errno) {
    return errno == Errno.EIO || errno == Errno.ENOSPC
        ? ZoneFailure.MEDIA_WRITE
        : ZoneFailure.TRANSPORT;
  }

  /// Whether a write that moved nothing says by this number that it never began, so that the zone
  /// is as good as before.
  static boolean leavesTheZoneAlone(int errno) {
    return switch (errno) {
      case Errno.EROFS,
          Errno.EBUSY,
          Errno.ETOOMANYREFS,
          Errno.EOVERFLOW,
          Errno.EAGAIN,
          Errno.ENOMEM,
          Errno.EFAULT ->
          true;
      default -> false;
    };
  }
}
