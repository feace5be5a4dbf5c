package io.zapkv.ring.sys;

import io.zapkv.ring.Errno;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// An open file or device on a descriptor of its own.
///
/// What a channel of the JDK leaves out: direct I/O, `flock`, `ioctl`, gathered writes at a place,
/// the error's number, and no care for interrupts: one of a thread inside it closes nothing.
///
/// **Threading.** As [RingFile] says. [#close] comes last: a descriptor that is closed under a
/// running operation may be another file by then.
///
/// **Memory.** Buffers are native memory; for direct I/O they, their lengths and the places are
/// aligned as the device says. A file that one thread at a time uses allocates nothing for a
/// transfer.
///
/// **Failures.** A transfer that comes back short is continued until it is whole (append contract,
/// A2). Every result is the system's own errno, negated.
public final class LinuxFile implements RingFile {
  /// How a file is opened. All are closed in a child process.
  public enum Flag {
    /// For writing as well as reading.
    WRITE,
    /// Made, mode 0600, where it is not there.
    CREATE,
    /// By direct I/O: past the page cache.
    DIRECT,
    /// Each write is on the medium when it completes.
    DSYNC,
    /// Refused where another holds it so; for block devices.
    EXCLUSIVE,
    /// Refused where the last part of the path is a link.
    NO_FOLLOW;

    int bits() {
      return switch (this) {
        case WRITE -> 0x2;
        case CREATE -> 0x40;
        case DIRECT -> NativeAccess.isX86() ? 0x4000 : 0x10000;
        case DSYNC -> 0x1000;
        case EXCLUSIVE -> 0x80;
        case NO_FOLLOW -> NativeAccess.isX86() ? 0x20000 : 0x8000;
      };
    }
  }

  private static final int O_CLOEXEC = 0x80000;
  private static final int OWNER_ONLY = 0600;
  private static final int LOCK_SH = 1;
  private static final int LOCK_EX = 2;
  private static final int LOCK_NB = 4;

  private final String path;
  private final boolean isDirect;

  /// What the last transfer was done with, for the next one.
  private final AtomicReference<@Nullable Transfer> spare = new AtomicReference<>();

  private volatile int fd;

  private LinuxFile(String path, boolean isDirect, int fd) {
    this.path = path;
    this.isDirect = isDirect;
    this.fd = fd;
  }

  /// Opens a file or a device.
  ///
  /// @throws SystemCallException where the system refuses
  public static LinuxFile open(Path path, Flag... flags) throws SystemCallException {
    int bits = O_CLOEXEC;
    for (Flag flag : flags) {
      bits |= flag.bits();
    }
    try (Arena arena = Arena.ofConfined()) {
      CallState state = new CallState(arena);
      MemorySegment name = arena.allocateFrom(path.toString());
      int result;
      do {
        result = Libc.open(state, name, bits, OWNER_ONLY);
      } while (result == -Errno.EINTR);
      if (result < 0) {
        throw new SystemCallException("open", path.toString(), -result);
      }
      return new LinuxFile(path.toString(), (bits & Flag.DIRECT.bits()) != 0, result);
    }
  }

  @Override
  public int descriptor() {
    return fd;
  }

  /// A write through the page cache is a copy, which a file system hands to a worker of the kernel
  /// when a ring asks for it: doing it at once costs less than the hand-over.
  @Override
  public boolean writesInKernel() {
    return isDirect;
  }

  @Override
  public boolean syncsInKernel() {
    return true;
  }

  @Override
  public int read(long offsetBytes, MemorySegment target) {
    Transfer transfer = takeTransfer();
    int result = transfer.read(fd, offsetBytes, target);
    spare.setRelease(transfer);
    return result;
  }

  @Override
  public int write(long offsetBytes, MemorySegment source) {
    Transfer transfer = takeTransfer();
    int result = transfer.write(fd, offsetBytes, source);
    spare.setRelease(transfer);
    return result;
  }

  /// One call for all of them, as a file of a zone needs it (zns-facts Z1).
  @Override
  public int writev(long offsetBytes, MemorySegment[] sources, int count) {
    Transfer transfer = takeTransfer();
    int result = transfer.gather(fd, offsetBytes, sources, count);
    spare.setRelease(transfer);
    return result;
  }

  private Transfer takeTransfer() {
    Transfer ready = spare.getAndSet(null);
    return ready != null ? ready : new Transfer();
  }

  @Override
  public int sync() {
    try (Arena arena = Arena.ofConfined()) {
      CallState state = new CallState(arena);
      int result;
      do {
        result = Libc.fdatasync(state, fd);
      } while (result == -Errno.EINTR);
      return result;
    }
  }

  /// Sends a command of the file's own; answers what the driver does (for NVMe: zero or the
  /// status), or a negated errno. Never sent twice: whoever gets `EINTR` decides.
  public int ioctl(long request, MemorySegment argument) {
    try (Arena arena = Arena.ofConfined()) {
      return Libc.ioctl(new CallState(arena), fd, request, argument);
    }
  }

  /// Sets the length; for a file of a zone this is its reset or its finish (zns-facts Z3).
  ///
  /// @return zero or a negated errno
  public int truncate(long lengthBytes) {
    try (Arena arena = Arena.ofConfined()) {
      CallState state = new CallState(arena);
      int result;
      do {
        result = Libc.ftruncate(state, fd, lengthBytes);
      } while (result == -Errno.EINTR);
      return result;
    }
  }

  /// Sets the length of a file without opening it: opened for writing, the file of a zone would
  /// take an open slot (zns-facts Z5).
  ///
  /// @return zero or a negated errno
  public static int truncate(Path path, long lengthBytes) {
    try (Arena arena = Arena.ofConfined()) {
      CallState state = new CallState(arena);
      MemorySegment name = arena.allocateFrom(path.toString());
      int result;
      do {
        result = Libc.truncate(state, name, lengthBytes);
      } while (result == -Errno.EINTR);
      return result;
    }
  }

  /// Makes room for `lengthBytes` from the beginning, and the file at least as long.
  ///
  /// @return zero or a negated errno
  public int allocate(long lengthBytes) {
    try (Arena arena = Arena.ofConfined()) {
      CallState state = new CallState(arena);
      int result;
      do {
        result = Libc.fallocate(state, fd, 0, 0, lengthBytes);
      } while (result == -Errno.EINTR);
      return result;
    }
  }

  /// Takes the whole-file lock of `flock(2)`, which belongs to this opening of the file and goes
  /// with it. Other than a lock of the JDK's it is not lost when the process closes another
  /// descriptor of the file, and keeps out this process, too (zns-facts X2).
  ///
  /// @return false where another holds it
  /// @throws SystemCallException where the file cannot be locked
  public boolean tryLock(boolean exclusive) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      CallState state = new CallState(arena);
      int result;
      do {
        result = Libc.flock(state, fd, LOCK_NB | (exclusive ? LOCK_EX : LOCK_SH));
      } while (result == -Errno.EINTR);
      if (result < 0 && result != -Errno.EAGAIN) {
        throw new SystemCallException("flock", path, -result);
      }
      return result == 0;
    }
  }

  /// What the kernel says of the file.
  ///
  /// @throws SystemCallException where it says nothing
  public FileStatus status() throws SystemCallException {
    return FileStatus.of(path, fd);
  }

  @Override
  public boolean isMemory() {
    return false;
  }

  /// Idempotent. What the system says to it is dropped: the descriptor is gone either way, and what
  /// must last has been synced before.
  @Override
  public void close() {
    int closing = fd;
    fd = NO_DESCRIPTOR;
    if (closing != NO_DESCRIPTOR) {
      try (Arena arena = Arena.ofConfined()) {
        Libc.close(new CallState(arena), closing);
      }
    }
  }

  @Override
  public String toString() {
    return path;
  }
}
