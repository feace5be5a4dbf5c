package io.zapkv.zns.nvme;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The layout of `struct nvme_passthru_cmd64`, which begins as `struct nvme_uring_cmd`
/// (`linux/nvme_ioctl.h`), and the commands that are sent in it.
///
/// ```
///    0 opcode  flags  reserved   4 nsid          8 cdw2         12 cdw3
///   16 metadata                                 24 addr
///   32 metadata_len             36 data_len     40 cdw10        44 cdw11
///   48 cdw12   52 cdw13         56 cdw14        60 cdw15
///   64 timeout_ms               68 reserved     72 result (ioctl only)
/// ```
///
/// **Threading.** Writes into memory of the caller's.
final class NvmeCommandDescriptor {
  /// Bytes of a command for an `ioctl`.
  static final int IOCTL_BYTES = 80;

  /// Bytes of a command for a ring.
  static final int URING_BYTES = 72;

  /// Bytes of one source range of a copy, format 0.
  static final int COPY_RANGE_BYTES = 32;

  static final int OPCODE = 0;
  static final int NSID = 4;
  static final int ADDR = 24;
  static final int DATA_LEN = 36;
  static final int CDW10 = 40;
  static final int CDW11 = 44;
  static final int CDW12 = 48;
  static final int CDW13 = 52;
  static final int RESULT = 72;

  // _IO('N', 0x40), _IOWR('N', …, struct …): direction, size, 'N', number.
  static final long IOCTL_ID = 0x4E40;
  static final long IOCTL_ADMIN = 0xC0504E47L;
  static final long IOCTL_IO = 0xC0504E48L;
  static final int URING_IO = 0xC0484E80;

  static final byte FLUSH = 0x00;
  static final byte WRITE = 0x01;
  static final byte READ = 0x02;
  static final byte IDENTIFY = 0x06;
  static final byte COPY = 0x19;
  static final byte ZONE_MANAGEMENT_SEND = 0x79;
  static final byte ZONE_MANAGEMENT_RECEIVE = 0x7A;
  static final byte ZONE_APPEND = 0x7D;

  static final int CLOSE = 1;
  static final int FINISH = 2;
  static final int OPEN = 3;
  static final int RESET = 4;

  private static final int FUA = 1 << 30;
  private static final int COMMAND_SET_ZONED = 2;
  private static final int REPORT_PARTIAL = 1 << 16;

  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private NvmeCommandDescriptor() {}

  /// Identify: what is asked for (`CNS`), of the zoned command set where that plays a part.
  static void putIdentify(MemorySegment command, int nsid, int cns, MemorySegment target) {
    put(command, IDENTIFY, nsid, target.address(), target.byteSize());
    command.set(U32, CDW10, cns);
    command.set(U32, CDW11, cns >= 0x05 ? COMMAND_SET_ZONED << 24 : 0);
  }

  /// Zone Management Receive: as many zones as `target` has room for, from that of `lba` on.
  static void putReport(MemorySegment command, int nsid, long lba, MemorySegment target) {
    put(command, ZONE_MANAGEMENT_RECEIVE, nsid, target.address(), target.byteSize());
    command.set(U64, CDW10, lba);
    command.set(U32, CDW12, (int) (target.byteSize() / Integer.BYTES) - 1);
    command.set(U32, CDW13, REPORT_PARTIAL);
  }

  /// Zone Management Send: one of [#CLOSE], [#FINISH], [#OPEN], [#RESET].
  static void putManage(MemorySegment command, int nsid, int action, long zoneLba) {
    put(command, ZONE_MANAGEMENT_SEND, nsid, 0, 0);
    command.set(U64, CDW10, zoneLba);
    command.set(U32, CDW13, action);
  }

  /// Zone Append (D6), Write or Read: `opcode` says which. Blocks are counted from zero.
  static void putTransfer(
      MemorySegment command,
      byte opcode,
      int nsid,
      long lba,
      int blocks,
      boolean fua,
      long address,
      long bytes) {
    put(command, opcode, nsid, address, bytes);
    command.set(U64, CDW10, lba);
    command.set(U32, CDW12, (blocks - 1) | (fua ? FUA : 0));
  }

  /// Flush of the whole namespace (D21).
  static void putFlush(MemorySegment command, int nsid) {
    put(command, FLUSH, nsid, 0, 0);
  }

  /// Simple Copy of `count` ranges, which lie in `ranges`, to `lba`.
  static void putCopy(MemorySegment command, int nsid, long lba, int count, MemorySegment ranges) {
    put(command, COPY, nsid, ranges.address(), (long) count * COPY_RANGE_BYTES);
    command.set(U64, CDW10, lba);
    command.set(U32, CDW12, count - 1);
  }

  /// One source range of a copy.
  static void putCopyRange(MemorySegment ranges, int index, long lba, int blocks) {
    long at = (long) index * COPY_RANGE_BYTES;
    ranges.asSlice(at, COPY_RANGE_BYTES).fill((byte) 0);
    ranges.set(U64, at + 8, lba);
    ranges.set(U16, at + 16, (short) (blocks - 1));
  }

  /// The 64-bit answer to an `ioctl`.
  static long result(MemorySegment command) {
    return command.get(U64, RESULT);
  }

  private static void put(MemorySegment command, byte opcode, int nsid, long address, long bytes) {
    command.fill((byte) 0);
    command.set(ValueLayout.JAVA_BYTE, OPCODE, opcode);
    command.set(U32, NSID, nsid);
    command.set(U64, ADDR, address);
    command.set(U32, DATA_LEN, (int) bytes);
  }
}
