package io.zapkv.ring;

/// The error numbers that a completion can carry, negated, in its result.
///
/// The numbers are those of Linux on every platform, so that a result means the same whichever ring
/// produced it. Only numbers that this code sends or decides upon have a name here.
public final class Errno {
  /// A signal came in between; nothing was done.
  public static final int EINTR = 4;

  /// The device failed, or the bytes asked for are not there.
  public static final int EIO = 5;

  /// The file has been closed.
  public static final int EBADF = 9;

  /// No room at the moment; nothing was done.
  public static final int EAGAIN = 11;

  /// No memory for the request at the moment; nothing was done.
  public static final int ENOMEM = 12;

  /// The buffer cannot be used from where the operation runs: freed, or confined to a thread.
  public static final int EFAULT = 14;

  /// The device is busy; nothing was done.
  public static final int EBUSY = 16;

  /// The request makes no sense to the file.
  public static final int EINVAL = 22;

  /// The file has no room for these bytes.
  public static final int ENOSPC = 28;

  /// The file may only be read.
  public static final int EROFS = 30;

  /// The device did not answer in time; the operation may have had its effect.
  public static final int ETIMEDOUT = 110;

  /// Not run, because an operation before it in the chain failed (append contract, A8).
  public static final int ECANCELED = 125;

  private Errno() {}

  /// The name of a positive error number; `errno 77` for one that has no name here.
  public static String name(int errno) {
    return switch (errno) {
      case EINTR -> "EINTR";
      case EIO -> "EIO";
      case EBADF -> "EBADF";
      case EAGAIN -> "EAGAIN";
      case ENOMEM -> "ENOMEM";
      case EFAULT -> "EFAULT";
      case EBUSY -> "EBUSY";
      case EINVAL -> "EINVAL";
      case ENOSPC -> "ENOSPC";
      case EROFS -> "EROFS";
      case ETIMEDOUT -> "ETIMEDOUT";
      case ECANCELED -> "ECANCELED";
      default -> "errno " + errno;
    };
  }

  /// Whether the operation had no effect and the same request may succeed a moment later.
  public static boolean isTransient(int errno) {
    return switch (errno) {
      case EINTR, EAGAIN, ENOMEM, EBUSY -> true;
      default -> false;
    };
  }
}
