package io.zapkv.zns.emulated;

import io.zapkv.ring.Errno;
import io.zapkv.ring.SystemCallException;
import io.zapkv.zns.ZoneFailure;
import java.io.IOException;

/// Turns what the system says into what a ring says, and that into what a zoned device says.
final class Failures {
  private Failures() {}

  static ZoneFailure ofRead(int errno) {
    return errno == Errno.EIO ? ZoneFailure.MEDIA_READ : ofTransport(errno);
  }

  /// A full file system is a medium that does not take the data: what was there stays.
  static ZoneFailure ofWrite(int errno) {
    return errno == Errno.EIO || errno == Errno.ENOSPC
        ? ZoneFailure.MEDIA_WRITE
        : ofTransport(errno);
  }

  /// What a file says that cannot be opened, made or stretched: a full disk is told by our own
  /// calls by its number, by the JDK by a message; for all else the bytes are not to be had.
  static int errno(IOException e) {
    boolean noRoom =
        e instanceof SystemCallException call
            ? call.errno() == Errno.ENOSPC
            : String.valueOf(e.getMessage()).contains("No space left");
    return noRoom ? Errno.ENOSPC : Errno.EIO;
  }

  private static ZoneFailure ofTransport(int errno) {
    return errno == Errno.ECANCELED ? ZoneFailure.CANCELED : ZoneFailure.TRANSPORT;
  }
}
