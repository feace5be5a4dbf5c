package io.zapkv.ring.uring;

import io.zapkv.ring.Errno;
import io.zapkv.ring.RingException;
import io.zapkv.ring.RingOptions;
import io.zapkv.ring.sys.LinuxUringCalls;
import io.zapkv.ring.sys.NativeAccess;
import io.zapkv.ring.sys.UringCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Whether io_uring is to be had here; if not, why, and the cure, in a sentence.
public final class UringProbe {
  private static final Path SWITCH = Path.of("/proc/sys/kernel/io_uring_disabled");

  private static final String TOO_OLD =
      "this needs Linux 5.19 or newer: update the kernel, or ask for ring=pool";

  private UringProbe() {}

  /// Why no ring can be had; null where one can. Makes a small ring and ends it.
  public static @Nullable String refusal() {
    String refusal = NativeAccess.refusal();
    return refusal != null ? refusal : refusal(new LinuxUringCalls());
  }

  static @Nullable String refusal(UringCalls calls) {
    try {
      UringSetup.open(RingOptions.of(1), calls).close();
      return null;
    } catch (RingException e) {
      return e.getMessage();
    }
  }

  /// The answer to a refused `io_uring_setup`.
  static RingException setupRefused(int errno) {
    return new RingException(
        "io_uring_setup failed with " + Errno.name(errno),
        errno,
        setupAdvice(errno, switchValue()));
  }

  /// @param switchValue what the sysctl says, or nothing where there is none
  static String setupAdvice(int errno, String switchValue) {
    return switch (errno) {
      case Errno.EPERM ->
          switch (switchValue) {
            case "1" ->
                "the sysctl kernel.io_uring_disabled is 1, for members of io_uring_group only: set it"
                    + " to 0, or add this process to that group";
            case "2" ->
                "the sysctl kernel.io_uring_disabled is 2, for nobody: set it to 0, as root";
            default ->
                "a seccomp filter forbids it, as that of a container does by default: allow"
                    + " io_uring_setup, io_uring_enter and io_uring_register in its profile";
          };
      case Errno.ENOSYS ->
          "the kernel was built without io_uring, or a seccomp filter hides it: allow io_uring_setup,"
              + " io_uring_enter and io_uring_register in the profile, or ask for ring=pool";
      case Errno.ENOMEM ->
          "there is no memory for the queues: raise the limit on locked memory (ulimit -l), or make"
              + " the ring smaller";
      case Errno.EMFILE -> "the process has too many open files: raise ulimit -n";
      case Errno.ENFILE -> "the machine has too many open files: raise the sysctl fs.file-max";
      case Errno.EACCES -> "a security module forbids it: allow io_uring in its policy";
      case Errno.EINVAL, Errno.EOPNOTSUPP -> TOO_OLD;
      case Errno.EFAULT -> "the kernel could not read our parameters, a bug: please report it";
      default -> "no reason for that is known: ask for ring=pool";
    };
  }

  /// The answer to a kernel that lacks something.
  static RingException tooOld(String what) {
    return new RingException("io_uring of this kernel has no " + what, 0, TOO_OLD);
  }

  /// The answer to an `io_uring_enter` that cannot be tried again.
  static RingException enterRefused(int errno) {
    return new RingException(
        "io_uring_enter failed with " + Errno.name(errno), errno, enterAdvice(errno));
  }

  /// The answer to a completion queue that says so many completions will never come.
  static RingException dropped(int completions) {
    return new RingException(
        "the completion queue of io_uring has overflowed: completions dropped: "
            + Integer.toUnsignedString(completions),
        Errno.EBADR,
        enterAdvice(Errno.EBADR));
  }

  private static String enterAdvice(int errno) {
    return switch (errno) {
      case Errno.EBADR ->
          "the kernel had no memory to keep a completion and dropped it: open the store again";
      case Errno.EBADF ->
          "somebody closed a descriptor that was not his: look for that in the program, and open the"
              + " store again";
      case Errno.ENXIO, Errno.EOWNERDEAD ->
          "the kernel is taking the ring down: open the store again";
      case Errno.EAGAIN, Errno.EBUSY, Errno.ENOMEM ->
          "the kernel had no memory for requests for too long: free some, and open the store again";
      case Errno.EPERM, Errno.EACCES, Errno.ENOSYS ->
          "a filter has forbidden it since the ring was opened: allow io_uring_enter in the profile,"
              + " or ask for ring=pool";
      case Errno.EFAULT, Errno.EINVAL, Errno.EEXIST, Errno.EBADFD, Errno.EOPNOTSUPP ->
          "the kernel does not take our arguments, a bug: please report it";
      default -> "no reason for that is known: open the store again";
    };
  }

  private static String switchValue() {
    try {
      return Files.readString(SWITCH, StandardCharsets.US_ASCII).strip();
    } catch (IOException _) {
      return "";
    }
  }
}
