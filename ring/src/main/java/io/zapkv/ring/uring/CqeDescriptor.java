package io.zapkv.ring.uring;

/// Layout of one entry of the completion queue, `struct io_uring_cqe`: 16 bytes, or 32 in a ring
/// for commands.
///
/// ```
///   0          8     12     16            24
///   user_data  res   flags  big_cqe[0]    big_cqe[1]
/// ```
///
/// For a zone append `big_cqe[0]` is where the data landed (zns-facts D12).
final class CqeDescriptor {
  static final int BYTES = 16;
  static final int BIG_BYTES = 32;

  static final int USER_DATA = 0;
  static final int RES = 8;
  static final int BIG_CQE = 16;

  private CqeDescriptor() {}
}
