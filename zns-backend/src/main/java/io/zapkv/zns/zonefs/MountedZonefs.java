package io.zapkv.zns.zonefs;

import io.zapkv.ring.Errno;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.SystemCallException;
import io.zapkv.ring.sys.FileStatus;
import io.zapkv.ring.sys.LinuxFile;
import io.zapkv.ring.sys.LinuxFile.Flag;
import io.zapkv.ring.sys.NativeAccess;
import io.zapkv.zns.DeviceFormatException;
import io.zapkv.zns.DeviceIoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A zonefs of this machine.
///
/// ```
///   mount/seq/0 …                    a file for each sequential zone
///   mount/cnv/                       conventional zones, which are not used
///   /sys/fs/zonefs/<device>/         the limits (zns-facts Z5)
///   /proc/self/mountinfo             source and mount options
/// ```
///
/// The lock is that of `flock(2)` on the folder `seq`: it belongs to one opening of it, so that it
/// keeps out this process, too, and no other descriptor can lose it (X2); and unlike a zone's file
/// the folder stays what it is when a zone goes bad.
final class MountedZonefs implements ZonefsMount {
  private static final String TYPE = "zonefs";

  private final Path files;
  private final MountFacts facts;
  private final LinuxFile lockFile;

  private MountedZonefs(Path files, MountFacts facts, LinuxFile lockFile) {
    this.files = files;
    this.facts = facts;
    this.lockFile = lockFile;
  }

  /// Finds out about a mount; opens nothing but the folder of its files.
  static MountedZonefs at(String device, Path path) {
    String refusal = NativeAccess.refusal();
    if (refusal != null) {
      throw new DeviceFormatException(
          device, "zonefs needs calls of the operating system", refusal);
    }
    try {
      Path real = path.toRealPath();
      MountEntry entry = entry(real);
      if (entry == null || !entry.type().equals(TYPE)) {
        throw new DeviceFormatException(
            device,
            entry == null
                ? "nothing is mounted there"
                : "what is mounted there is not zonefs but " + entry.type(),
            "mount one: mkzonefs /dev/…, then mount -t zonefs -o errors=zone-ro,explicit-open"
                + " /dev/… "
                + path);
      }
      Path files = real.resolve("seq");
      return new MountedZonefs(files, facts(device, entry, files), LinuxFile.open(files));
    } catch (IOException e) {
      throw new DeviceIoException(device, "looking at the mount", e);
    }
  }

  /// Whether a zonefs is mounted at `path`.
  static boolean isAt(Path path) {
    try {
      MountEntry entry = entry(path.toRealPath());
      return entry != null && entry.type().equals(TYPE);
    } catch (IOException _) {
      return false;
    }
  }

  private static @Nullable MountEntry entry(Path real) throws IOException {
    return MountEntry.find(Files.readAllLines(Path.of("/proc/self/mountinfo")), real.toString());
  }

  private static MountFacts facts(String device, MountEntry entry, Path files) throws IOException {
    int zones;
    try (Stream<Path> list = Files.list(files)) {
      zones = (int) list.count();
    }
    if (zones == 0) {
      throw new DeviceFormatException(
          device, "it has no file in its seq folder", "use a device with sequential zones");
    }
    Path block = Path.of("/sys/dev/block", entry.device()).toRealPath();
    Path limits = Path.of("/sys/fs/zonefs", block.getFileName().toString());
    String errors = entry.option("errors");
    return new MountFacts(
        entry.source(),
        entry.readOnly(),
        errors == null ? "remount-ro" : errors,
        zones,
        Files.getFileStore(files).getBlockSize(),
        limit(limits.resolve("max_wro_seq_files"), block.resolve("queue/max_open_zones")),
        limit(limits.resolve("max_active_seq_files"), block.resolve("queue/max_active_zones")),
        mayWriteAny(files),
        descriptorsFree());
  }

  /// The zonefs's own number, or on kernels that do not tell it the device's; zero without both.
  private static long limit(Path ofZonefs, Path ofDevice) throws IOException {
    for (Path path : new Path[] {ofZonefs, ofDevice}) {
      if (Files.exists(path)) {
        return Long.parseLong(Files.readString(path).strip());
      }
    }
    return 0;
  }

  /// A few zones that have gone bad say nothing about rights.
  private static boolean mayWriteAny(Path files) throws IOException {
    try (Stream<Path> list = Files.list(files)) {
      return list.anyMatch(Files::isWritable);
    }
  }

  private static long descriptorsFree() throws IOException {
    long open;
    try (Stream<Path> list = Files.list(Path.of("/proc/self/fd"))) {
      open = list.count();
    }
    for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
      if (line.startsWith("Max open files")) {
        String soft = line.substring("Max open files".length()).strip().split("\\s+", -1)[0];
        return soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft) - open;
      }
    }
    return Long.MAX_VALUE;
  }

  @Override
  public MountFacts facts() {
    return facts;
  }

  @Override
  public boolean tryLock(boolean exclusive) throws SystemCallException {
    return lockFile.tryLock(exclusive);
  }

  /// From `/proc/locks`, whose lines are `1: FLOCK ADVISORY WRITE 4242 00:2e:1027 0 EOF`.
  @Override
  public String lockHolder() {
    try {
      String inode = ":" + lockFile.status().inode();
      for (String line : Files.readAllLines(Path.of("/proc/locks"))) {
        String[] columns = line.split("\\s+", -1);
        if (columns.length > 5 && columns[1].equals("FLOCK") && columns[5].endsWith(inode)) {
          boolean isOurs = columns[4].equals(Long.toString(ProcessHandle.current().pid()));
          return isOurs ? "this process" : "process " + columns[4];
        }
      }
    } catch (IOException _) {
      // Who holds it is a kindness; that it is held is known.
    }
    return "another process";
  }

  @Override
  public RingFile open(int zone, boolean forWriting) throws SystemCallException {
    return forWriting
        ? LinuxFile.open(file(zone), Flag.WRITE, Flag.DIRECT, Flag.NO_FOLLOW)
        : LinuxFile.open(file(zone), Flag.DIRECT, Flag.NO_FOLLOW);
  }

  @Override
  public ZoneFileStatus status(int zone) throws SystemCallException {
    try (LinuxFile file = LinuxFile.open(file(zone), Flag.NO_FOLLOW)) {
      FileStatus status = file.status();
      return new ZoneFileStatus(status.permissions(), status.sizeBytes(), status.allocatedBytes());
    } catch (SystemCallException e) {
      if (e.errno() == Errno.EACCES && permissions(zone) == 0) {
        // Only root may open what nobody has a right to.
        return new ZoneFileStatus(0, 0, 0);
      }
      throw e;
    }
  }

  private int permissions(int zone) {
    try {
      return (int) Files.getAttribute(file(zone), "unix:mode") & 0777;
    } catch (IOException _) {
      return -1;
    }
  }

  @Override
  public int truncate(int zone, long lengthBytes) {
    return LinuxFile.truncate(file(zone), lengthBytes);
  }

  private Path file(int zone) {
    return files.resolve(Integer.toString(zone));
  }

  @Override
  public void close() {
    lockFile.close();
  }
}
