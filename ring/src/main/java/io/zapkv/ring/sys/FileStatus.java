package io.zapkv.ring.sys;

import io.zapkv.ring.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What the kernel says of an open file, from `statx(2)`: its layout is the same on all machines.
///
/// @param mode kind and permissions of the file
/// @param inode its number in its file system
/// @param sizeBytes its length; the write pointer of a zonefs file (zns-facts Z3)
/// @param allocatedBytes what it takes; the capacity of a zonefs file (zns-facts Z3)
/// @param deviceMajor the file system's device, first part
/// @param deviceMinor the file system's device, second part
/// @param nodeMajor the device that a device node stands for, first part
/// @param nodeMinor the device that a device node stands for, second part
public record FileStatus(
    int mode,
    long inode,
    long sizeBytes,
    long allocatedBytes,
    int deviceMajor,
    int deviceMinor,
    int nodeMajor,
    int nodeMinor) {
  static final int STATX_BYTES = 256;
  static final int MODE_OFFSET = 28;
  static final int INODE_OFFSET = 32;
  static final int SIZE_OFFSET = 40;
  static final int BLOCKS_OFFSET = 48;
  static final int NODE_MAJOR_OFFSET = 128;
  static final int NODE_MINOR_OFFSET = 132;
  static final int DEVICE_MAJOR_OFFSET = 136;
  static final int DEVICE_MINOR_OFFSET = 140;

  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BASIC_STATS = 0x7ff;
  private static final int BLOCK_BYTES = 512;
  private static final int PERMISSIONS = 0777;
  private static final int KIND = 0170000;
  private static final int CHARACTER_DEVICE = 0020000;
  private static final int BLOCK_DEVICE = 0060000;

  static FileStatus of(String path, int fd) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = arena.allocate(STATX_BYTES, Long.BYTES);
      MemorySegment empty = arena.allocateFrom("");
      int result =
          Libc.statx(new CallState(arena), fd, empty, AT_EMPTY_PATH, STATX_BASIC_STATS, target);
      if (result < 0) {
        throw new SystemCallException("statx", path, -result);
      }
      return new FileStatus(
          Short.toUnsignedInt(target.get(ValueLayout.JAVA_SHORT, MODE_OFFSET)),
          target.get(ValueLayout.JAVA_LONG, INODE_OFFSET),
          target.get(ValueLayout.JAVA_LONG, SIZE_OFFSET),
          target.get(ValueLayout.JAVA_LONG, BLOCKS_OFFSET) * BLOCK_BYTES,
          target.get(ValueLayout.JAVA_INT, DEVICE_MAJOR_OFFSET),
          target.get(ValueLayout.JAVA_INT, DEVICE_MINOR_OFFSET),
          target.get(ValueLayout.JAVA_INT, NODE_MAJOR_OFFSET),
          target.get(ValueLayout.JAVA_INT, NODE_MINOR_OFFSET));
    }
  }

  /// The nine bits that say who may do what.
  public int permissions() {
    return mode & PERMISSIONS;
  }

  /// Whether it is a node of a character device, as `/dev/ng0n1` is.
  public boolean isCharacterDevice() {
    return (mode & KIND) == CHARACTER_DEVICE;
  }

  /// Whether it is a node of a block device, as `/dev/nvme0n1` is.
  public boolean isBlockDevice() {
    return (mode & KIND) == BLOCK_DEVICE;
  }
}
