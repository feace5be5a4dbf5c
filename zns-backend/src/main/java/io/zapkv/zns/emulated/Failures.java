package io.zapkv.zns.emulated;

import io.zapkv.ring.Errno;
import io.zapkv.ring.SystemCallException;
import io.zapkv.zns.ZoneFailure;
import java.io.IOException;

/// Turns what the system says into what a ring says, and that into what a zoned device says.
final class Failures {
  private Failures() {}

  static ZoneFailure ofRead(int errno) {
    return errno == Errno.EIO ? ZoneFailure.MEDIA_READ : ofOthers(errno);
  }

  /// A full file system is a medium that does not take the data: what was there stays.
  static ZoneFailure ofWrite(int errno) {
    return errno == Errno.EIO || errno == Errno.ENOSPC ? ZoneFailure.MEDIA_WRITE : ofOthers(errno);
  }

  /// What a file says that cannot be opened, made or stretched: a full disk and a lack of
  /// descriptors are told by our own calls by their number, by the JDK by a message; for all else
  /// the bytes are not to be had.
  static int errno(IOException e) {
    if (e instanceof SystemCallException call) {
      return switch (call.errno()) {
        case Errno.ENOSPC, Errno.EMFILE, Errno.ENFILE -> call.errno();
        default -> Errno.EIO;
      };
    }
    String message = String.valueOf(e.getMessage());
    if (message.contains("No space left")) {
      return Errno.ENOSPC;
    }
    return message.contains("Too many open files") ? Errno.EMFILE : Errno.EIO;
  }

  private static ZoneFailure ofOthers(int errno) {
    return switch (errno) {
      case Errno.ECANCELED -> ZoneFailure.CANCELED;
      case Errno.EMFILE, Errno.ENFILE -> ZoneFailure.TOO_MANY_FILES;
      default -> ZoneFailure.TRANSPORT;
    };
  }

  /// What to do where a file cannot be opened.
  static String advice(IOException e) {
    return ofOthers(errno(e)) == ZoneFailure.TOO_MANY_FILES
        ? ZoneFailure.TOO_MANY_FILES.advice()
        : "look at the file system, its room and its rights";
  }
}
