package io.zapkv.ring;

/// The error numbers that a completion can carry, negated, in its result.
///
/// The numbers are those of Linux on every platform, so that a result means the same whichever ring
/// produced it. Only numbers that this code sends or decides upon have a name here.
public final class Errno {
  /// Not allowed, whatever the file says.
  public static final int EPERM = 1;

  /// There is no such file.
  public static final int ENOENT = 2;

  /// A signal came in between; nothing was done.
  public static final int EINTR = 4;

  /// The device failed, or the bytes asked for are not there.
  public static final int EIO = 5;

  /// The device behind the file is gone.
  public static final int ENXIO = 6;

  /// The file has been closed.
  public static final int EBADF = 9;

  /// No room at the moment; nothing was done.
  public static final int EAGAIN = 11;

  /// No memory for the request at the moment; nothing was done.
  public static final int ENOMEM = 12;

  /// The file's mode does not allow it.
  public static final int EACCES = 13;

  /// The buffer cannot be used from where the operation runs: freed, or confined to a thread.
  public static final int EFAULT = 14;

  /// The device is busy; nothing was done.
  public static final int EBUSY = 16;

  /// It is there already, or it belongs to another thread.
  public static final int EEXIST = 17;

  /// The device is gone, or cannot do this.
  public static final int ENODEV = 19;

  /// The request makes no sense to the file.
  public static final int EINVAL = 22;

  /// The machine has no descriptor left.
  public static final int ENFILE = 23;

  /// The process has no descriptor left.
  public static final int EMFILE = 24;

  /// This file takes no such command.
  public static final int ENOTTY = 25;

  /// The file cannot grow that far.
  public static final int EFBIG = 27;

  /// The file has no room for these bytes.
  public static final int ENOSPC = 28;

  /// The file may only be read.
  public static final int EROFS = 30;

  /// The kernel has no such call, or a filter says so.
  public static final int ENOSYS = 38;

  /// The path leads over a link where none is allowed.
  public static final int ELOOP = 40;

  /// The kernel had to drop a completion.
  public static final int EBADR = 53;

  /// The time given for a wait is over.
  public static final int ETIME = 62;

  /// A number does not fit; from a zoned device: no active slot is left for another zone.
  public static final int EOVERFLOW = 75;

  /// The descriptor is not in a state to do this.
  public static final int EBADFD = 77;

  /// The file, the device or this ring cannot do this.
  public static final int EOPNOTSUPP = 95;

  /// The device has no open slot left for another zone.
  public static final int ETOOMANYREFS = 109;

  /// The device did not answer in time; the operation may have had its effect.
  public static final int ETIMEDOUT = 110;

  /// Not run, because an operation before it in the chain failed (append contract, A8).
  public static final int ECANCELED = 125;

  /// The kernel's own thread for this has died.
  public static final int EOWNERDEAD = 130;

  private Errno() {}

  /// The name of a positive error number; `errno 99` for one that has no name here.
  public static String name(int errno) {
    return switch (errno) {
      case EPERM -> "EPERM";
      case ENOENT -> "ENOENT";
      case EINTR -> "EINTR";
      case EIO -> "EIO";
      case ENXIO -> "ENXIO";
      case EBADF -> "EBADF";
      case EAGAIN -> "EAGAIN";
      case ENOMEM -> "ENOMEM";
      case EACCES -> "EACCES";
      case EFAULT -> "EFAULT";
      case EBUSY -> "EBUSY";
      case EEXIST -> "EEXIST";
      case ENODEV -> "ENODEV";
      case EINVAL -> "EINVAL";
      case ENFILE -> "ENFILE";
      case EMFILE -> "EMFILE";
      case ENOTTY -> "ENOTTY";
      case EFBIG -> "EFBIG";
      case ENOSPC -> "ENOSPC";
      case EROFS -> "EROFS";
      case ENOSYS -> "ENOSYS";
      case ELOOP -> "ELOOP";
      case EBADR -> "EBADR";
      case ETIME -> "ETIME";
      case EOVERFLOW -> "EOVERFLOW";
      case EBADFD -> "EBADFD";
      case EOPNOTSUPP -> "EOPNOTSUPP";
      case ETOOMANYREFS -> "ETOOMANYREFS";
      case ETIMEDOUT -> "ETIMEDOUT";
      case ECANCELED -> "ECANCELED";
      case EOWNERDEAD -> "EOWNERDEAD";
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
