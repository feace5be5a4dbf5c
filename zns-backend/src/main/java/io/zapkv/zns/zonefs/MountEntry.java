package io.zapkv.zns.zonefs;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A line of `/proc/self/mountinfo` (`proc(5)`):
///
/// ```
///   36 25 259:2 / /mnt/zns rw,relatime shared:1 - zonefs /dev/nvme0n2 rw,errors=zone-ro
///         │      │        │                        │      │            │
///         device │        options of this mount    type   source       options of the file system
///                mount point
/// ```
///
/// @param device major and minor number of the block device
/// @param mountPoint where it is mounted
/// @param type the kind of file system
/// @param source the block device's path
/// @param readOnly whether mount or file system is for reading only
/// @param options those of the file system
record MountEntry(
    String device,
    String mountPoint,
    String type,
    String source,
    boolean readOnly,
    List<String> options) {
  private static final int DEVICE = 2;
  private static final int MOUNT_POINT = 4;
  private static final int MOUNT_OPTIONS = 5;

  /// The last mount on `mountPoint`, which is the one that is seen; null where there is none.
  static @Nullable MountEntry find(List<String> lines, String mountPoint) {
    MountEntry found = null;
    for (String line : lines) {
      MountEntry entry = parse(line);
      if (entry != null && entry.mountPoint.equals(mountPoint)) {
        found = entry;
      }
    }
    return found;
  }

  private static @Nullable MountEntry parse(String line) {
    int dash = line.indexOf(" - ");
    if (dash < 0) {
      return null;
    }
    String[] mount = line.substring(0, dash).split(" ", -1);
    String[] fileSystem = line.substring(dash + 3).split(" ", 3);
    if (mount.length <= MOUNT_OPTIONS || fileSystem.length < 3) {
      return null;
    }
    List<String> options = List.of(fileSystem[2].split(",", -1));
    boolean readOnly =
        options.contains("ro") || List.of(mount[MOUNT_OPTIONS].split(",", -1)).contains("ro");
    return new MountEntry(
        mount[DEVICE],
        unescape(mount[MOUNT_POINT]),
        fileSystem[0],
        unescape(fileSystem[1]),
        readOnly,
        options);
  }

  /// Blanks and the like are written as a backslash and three octal digits.
  private static String unescape(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 3 < text.length()) {
        out.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /// The value of `name=value` among the file system's options, or null.
  @Nullable String option(String name) {
    for (String option : options) {
      if (option.startsWith(name + "=")) {
        return option.substring(name.length() + 1);
      }
    }
    return null;
  }
}
