package io.zapkv.zns.emulated;

import io.zapkv.ring.Errno;
import io.zapkv.ring.SystemCallException;
import io.zapkv.ring.sys.LinuxFile;
import io.zapkv.ring.sys.NativeAccess;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Makes files and folders that only their owner can read: from the first moment, not by a change
/// afterwards.
final class PrivateFiles {
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private static final Set<OpenOption> READ_WRITE_CREATE =
      Set.of(
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          StandardOpenOption.CREATE,
          // A link planted in the folder must not lead a write elsewhere.
          LinkOption.NOFOLLOW_LINKS);

  private PrivateFiles() {}

  /// Opens a file for reading and writing; makes it, mode 0600, where there is none.
  static FileChannel open(Path path) throws IOException {
    return FileChannel.open(path, READ_WRITE_CREATE, attributes("rw-------"));
  }

  /// Makes a file of zeros whose bytes have their place on the disk, where the system can do that
  /// without writing them.
  ///
  /// @return false where it cannot; there may be an empty file then
  static boolean reserve(Path path, long bytes) throws IOException {
    if (!NativeAccess.isAllowed()) {
      return false;
    }
    try (LinuxFile file =
        LinuxFile.open(
            path, LinuxFile.Flag.WRITE, LinuxFile.Flag.CREATE, LinuxFile.Flag.NO_FOLLOW)) {
      int result = file.allocate(bytes);
      if (result == -Errno.ENOSPC) {
        throw new SystemCallException("fallocate", path.toString(), Errno.ENOSPC);
      }
      return result == 0;
    }
  }

  /// Makes a folder, mode 0700, and those above it.
  static void createFolders(Path path) throws IOException {
    Files.createDirectories(path, attributes("rwx------"));
  }

  /// Makes entries of a folder survive a power cut.
  static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static FileAttribute<?>[] attributes(String permissions) {
    return POSIX
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
