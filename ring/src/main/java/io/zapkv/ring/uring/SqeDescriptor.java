package io.zapkv.ring.uring;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.zapkv.ring.Ring;
import java.lang.foreign.MemorySegment;

/// Layout of one entry of the submission queue, `struct io_uring_sqe`: 64 bytes, or 128 in a ring
/// for commands.
///
/// ```
///   0       1      2       4      8                16              24     28
///   opcode  flags  ioprio  fd     off | cmd_op     addr            len    op_flags
///   32                40         42           44        48
///   user_data         buf_index  personality  file_idx  addr3, pad | cmd[16 or 80]
/// ```
///
/// Fields are stored a word at a time, so that nothing of the entry's last use is left in it. The
/// machines we know ([io.zapkv.ring.sys.NativeAccess]) are little-endian.
final class SqeDescriptor {
  static final int BYTES = 64;
  static final int BIG_BYTES = 128;

  static final int OPCODE = 0;
  static final int FLAGS = 1;
  static final int FD = 4;
  static final int OFF = 8;
  static final int ADDR = 16;
  static final int LEN = 24;
  static final int OP_FLAGS = 28;
  static final int USER_DATA = 32;
  static final int BUF_INDEX = 40;
  static final int CMD = 48;

  private static final long UNSIGNED = 0xffffffffL;

  private SqeDescriptor() {}

  /// Writes all of an entry's first 64 bytes; the buffer index is zero.
  static void put(
      MemorySegment entries,
      long at,
      int opcode,
      int flags,
      int fd,
      long off,
      long addr,
      int len,
      int opFlags,
      long userData) {
    entries.set(JAVA_LONG, at + OPCODE, opcode | ((long) flags << 8) | ((long) fd << 32));
    entries.set(JAVA_LONG, at + OFF, off);
    entries.set(JAVA_LONG, at + ADDR, addr);
    entries.set(JAVA_LONG, at + LEN, (len & UNSIGNED) | ((long) opFlags << 32));
    entries.set(JAVA_LONG, at + USER_DATA, userData);
    entries.set(JAVA_LONG, at + BUF_INDEX, 0);
    entries.set(JAVA_LONG, at + CMD, 0);
    entries.set(JAVA_LONG, at + CMD + Long.BYTES, 0);
  }

  /// Writes the command of a big entry.
  static void putCommand(MemorySegment entries, long at, MemorySegment payload) {
    MemorySegment.copy(payload, 0, entries, at + CMD, Ring.COMMAND_BYTES_MAX);
  }
}
