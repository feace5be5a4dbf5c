package io.zapkv.ring.uring;

/// Numbers of `<linux/io_uring.h>`, with the kernel that brought each. A test compares them with
/// the header that is installed.
final class UringAbi {
  static final int OP_WRITEV = 2; // 5.1
  static final int OP_FSYNC = 3; // 5.1
  static final int OP_READ_FIXED = 4; // 5.1
  static final int OP_WRITE_FIXED = 5; // 5.1
  static final int OP_READ = 22; // 5.6
  static final int OP_WRITE = 23; // 5.6
  static final int OP_URING_CMD = 46; // 5.19

  static final int SQE_FIXED_FILE = 1; // 5.1
  static final int SQE_IO_LINK = 1 << 2; // 5.3

  static final int FSYNC_DATASYNC = 1; // 5.1

  static final int SETUP_IOPOLL = 1; // 5.1
  static final int SETUP_CQSIZE = 1 << 3; // 5.5
  static final int SETUP_SUBMIT_ALL = 1 << 7; // 5.18
  static final int SETUP_COOP_TASKRUN = 1 << 8; // 5.19
  static final int SETUP_TASKRUN_FLAG = 1 << 9; // 5.19
  static final int SETUP_SQE128 = 1 << 10; // 5.19
  static final int SETUP_CQE32 = 1 << 11; // 5.19

  static final int FEAT_SINGLE_MMAP = 1; // 5.4
  static final int FEAT_NODROP = 1 << 1; // 5.5
  static final int FEAT_SUBMIT_STABLE = 1 << 2; // 5.5
  static final int FEAT_EXT_ARG = 1 << 8; // 5.11

  static final int ENTER_GETEVENTS = 1; // 5.1
  static final int ENTER_EXT_ARG = 1 << 3; // 5.11

  static final int SQ_CQ_OVERFLOW = 1 << 1; // 5.8
  static final int SQ_TASKRUN = 1 << 2; // 5.19

  static final long OFF_SQ_RING = 0; // 5.1
  static final long OFF_SQES = 0x10000000L; // 5.1

  static final int REGISTER_BUFFERS = 0; // 5.1
  static final int REGISTER_FILES_UPDATE = 6; // 5.5
  static final int REGISTER_FILES2 = 13; // 5.13
  static final int REGISTER_SYNC_CANCEL = 24; // 6.0

  static final int RSRC_REGISTER_SPARSE = 1; // 5.19
  static final int ASYNC_CANCEL_ALL = 1; // 5.19
  static final int ASYNC_CANCEL_ANY = 1 << 2; // 5.19

  private UringAbi() {}
}
