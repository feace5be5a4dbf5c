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

  /// Java tells a full disk by a message only.
  static int errno(IOException e) {
    if (e instanceof SystemCallException call) {
      return call.errno();
    }
    String message = e.getMessage();
    return message != null && message.contains("No space left") ? Errno.ENOSPC : Errno.EIO;
  }

  private static ZoneFailure ofTransport(int errno) {
    return errno == Errno.ECANCELED ? ZoneFailure.CANCELED : ZoneFailure.TRANSPORT;
  }
}
