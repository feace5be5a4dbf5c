package io.zapkv.ring.sys;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Whether this program may call the operating system by itself.
///
/// Asking initialises nothing of [Libc] and prints nothing.
public final class NativeAccess {
  private static final boolean LINUX =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");

  private static final boolean KNOWN_MACHINE =
      switch (System.getProperty("os.arch", "")) {
        case "amd64", "x86_64", "aarch64" -> true;
        default -> false;
      };

  private NativeAccess() {}

  /// Whether [Libc] may be used.
  public static boolean isAllowed() {
    return refusal() == null;
  }

  /// Why [Libc] may not be used, and the cure, in a sentence; null where it may.
  public static @Nullable String refusal() {
    if (!LINUX) {
      return "this is not Linux but " + System.getProperty("os.name");
    }
    if (!KNOWN_MACHINE) {
      return "no system call numbers are known here for " + System.getProperty("os.arch");
    }
    Module module = NativeAccess.class.getModule();
    if (!module.isNativeAccessEnabled()) {
      return "the program may not make native calls: start java with --enable-native-access="
          + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
    }
    return null;
  }

  /// Whether constants that differ between machines are those of x86.
  static boolean isX86() {
    return !System.getProperty("os.arch", "").equals("aarch64");
  }
}
