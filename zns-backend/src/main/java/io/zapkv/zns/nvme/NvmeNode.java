package io.zapkv.zns.nvme;

import io.zapkv.ring.Errno;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.SystemCallException;
import io.zapkv.ring.sys.FileStatus;
import io.zapkv.ring.sys.LinuxFile;
import io.zapkv.ring.sys.NativeAccess;
import io.zapkv.zns.DeviceFormatException;
import io.zapkv.zns.DeviceIoException;
import io.zapkv.zns.DeviceLockedException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A node `/dev/ngXnY`, held against everyone else who asks first.
///
/// Nothing in the kernel keeps two programs from writing to one node (X1, X2). So there are three
/// locks, each against somebody else: a set of this process's own, by device number; `flock` on the
/// node, against other stores; and `O_EXCL` on the block device beside it, `/dev/nvmeXnY`, against
/// zonefs and whoever else asks for it so. Against those who ask nobody there is the epoch of the
/// store that lies on the device.
final class NvmeNode implements NvmePort {
  private static final System.Logger LOG = System.getLogger(NvmeNode.class.getName());
  private static final Set<Long> HELD_IN_THIS_PROCESS = ConcurrentHashMap.newKeySet();
  private static final int OTHERS_MAY_READ_OR_WRITE = 06;
  private static final int PAGE_BYTES = 4096;

  private static final String UDEV_ADVICE =
      "give your user the node, best by a udev rule:"
          + " SUBSYSTEM==\"nvme-generic\", GROUP=\"zapkv\", MODE=\"0660\"";

  private final LinuxFile file;
  private final @Nullable LinuxFile blockDevice;
  private final long number;
  private final int namespace;
  private final int transferBytesMax;

  private NvmeNode(
      LinuxFile file,
      @Nullable LinuxFile blockDevice,
      long number,
      int namespace,
      int transferBytesMax) {
    this.file = file;
    this.blockDevice = blockDevice;
    this.number = number;
    this.namespace = namespace;
    this.transferBytesMax = transferBytesMax;
  }

  /// Opens and locks a node; a reader shares it with readers.
  static NvmeNode open(String device, Path node, boolean readOnly) {
    String refusal = NativeAccess.refusal();
    if (refusal != null) {
      throw new DeviceIoException(device, "it takes native calls", refusal, null);
    }
    LinuxFile file = openFile(device, node, readOnly);
    LinuxFile block = null;
    long number = -1;
    boolean taken = false;
    try {
      FileStatus status = file.status();
      requireCharacterDevice(device, node, status);
      int namespace = file.ioctl(NvmeCommandDescriptor.IOCTL_ID, MemorySegment.NULL);
      if (namespace <= 0) {
        throw new DeviceFormatException(
            device, "this is not the node of an NVMe namespace", "name one, such as /dev/ng0n1");
      }
      warnWhereOpenToAll(device, node, status);
      long found = ((long) status.nodeMajor() << Integer.SIZE) | status.nodeMinor();
      if (!HELD_IN_THIS_PROCESS.add(found)) {
        throw new DeviceLockedException(device, "this process");
      }
      number = found;
      if (!file.tryLock(!readOnly)) {
        throw new DeviceLockedException(device, "another process");
      }
      Path real = real(node);
      block = readOnly ? null : claimBlockDevice(device, real);
      NvmeNode opened =
          new NvmeNode(file, block, number, namespace, transferBytesMax(blockName(real)));
      taken = true;
      return opened;
    } catch (SystemCallException e) {
      throw new DeviceIoException(device, "opening it", "look at the node and its rights", e);
    } finally {
      if (!taken) {
        release(file, block, number);
      }
    }
  }

  private static LinuxFile openFile(String device, Path node, boolean readOnly) {
    try {
      return readOnly ? LinuxFile.open(node) : LinuxFile.open(node, LinuxFile.Flag.WRITE);
    } catch (SystemCallException e) {
      throw switch (e.errno()) {
        case Errno.ENOENT, Errno.ENXIO, Errno.ENODEV ->
            new DeviceFormatException(
                device,
                "there is no such device",
                "name a node that is there, such as /dev/ng0n1; without any, see whether the"
                    + " kernel's module nvme is loaded, and the kernel 5.13 or newer");
        case Errno.EACCES, Errno.EPERM ->
            new DeviceIoException(device, "opening " + node, UDEV_ADVICE, e);
        default ->
            new DeviceIoException(device, "opening " + node, "look at the node and its rights", e);
      };
    }
  }

  private static void requireCharacterDevice(String device, Path node, FileStatus status) {
    if (status.isBlockDevice()) {
      throw new DeviceFormatException(
          device,
          "this is a block device, whose kernel knows no appends",
          "name the character device beside it, such as /dev/ng0n1");
    }
    if (!status.isCharacterDevice()) {
      throw new DeviceFormatException(
          device, node + " is not a device", "name a node such as /dev/ng0n1");
    }
  }

  /// The node's mode is all that guards the device (X1).
  private static void warnWhereOpenToAll(String device, Path node, FileStatus status) {
    if ((status.permissions() & OTHERS_MAY_READ_OR_WRITE) != 0) {
      LOG.log(
          Level.WARNING,
          "{0}: every user of this machine may use {1}, mode {2}: {3}",
          device,
          node,
          Integer.toOctalString(status.permissions()),
          UDEV_ADVICE);
    }
  }

  /// Where it cannot be had for want of rights, the two other locks must do.
  private static @Nullable LinuxFile claimBlockDevice(String device, Path node) {
    String name = blockName(node);
    if (name == null) {
      return null;
    }
    try {
      return LinuxFile.open(node.resolveSibling(name), LinuxFile.Flag.EXCLUSIVE);
    } catch (SystemCallException e) {
      if (e.errno() == Errno.EBUSY) {
        throw new DeviceLockedException(
            device, "another program, or is mounted: /dev/" + name + " is held");
      }
      LOG.log(
          Level.INFO,
          "{0}: not held against zonefs and other users of the block device: {1}",
          device,
          e.getMessage());
      return null;
    }
  }

  /// The node that a link leads to: its name says which block device is beside it.
  private static Path real(Path node) {
    try {
      return node.toRealPath();
    } catch (IOException _) {
      return node;
    }
  }

  /// `nvme0n1` for `ng0n1`.
  private static @Nullable String blockName(Path node) {
    Path last = node.getFileName();
    String name = last == null ? "" : last.toString();
    return name.startsWith("ng") ? "nvme" + name.substring(2) : null;
  }

  /// The kernel does not split passthrough commands (D2).
  private static int transferBytesMax(@Nullable String block) {
    Path queue = Path.of("/sys/class/block/" + block + "/queue");
    long segments = number(queue.resolve("max_segments"), Integer.MAX_VALUE);
    long kibibytes = number(queue.resolve("max_hw_sectors_kb"), Integer.MAX_VALUE);
    long bytes = Math.min(segments * PAGE_BYTES, kibibytes << 10);
    long pages = Math.max(1, Math.min(bytes, NvmeGeometry.TRANSFER_BYTES_MAX) / PAGE_BYTES);
    return (int) pages * PAGE_BYTES;
  }

  private static long number(Path path, long otherwise) {
    try {
      return Long.parseLong(Files.readString(path).strip());
    } catch (IOException | NumberFormatException _) {
      return otherwise;
    }
  }

  @Override
  public int namespace() {
    return namespace;
  }

  @Override
  public int transferBytesMax() {
    return transferBytesMax;
  }

  @Override
  public int admin(MemorySegment command) {
    return file.ioctl(NvmeCommandDescriptor.IOCTL_ADMIN, command);
  }

  @Override
  public int io(MemorySegment command) {
    return file.ioctl(NvmeCommandDescriptor.IOCTL_IO, command);
  }

  @Override
  public RingFile file() {
    return file;
  }

  @Override
  public void close() {
    if (file.descriptor() != RingFile.NO_DESCRIPTOR) {
      release(file, blockDevice, number);
    }
  }

  private static void release(LinuxFile file, @Nullable LinuxFile block, long number) {
    if (block != null) {
      block.close();
    }
    file.close();
    if (number >= 0) {
      HELD_IN_THIS_PROCESS.remove(number);
    }
  }
}
