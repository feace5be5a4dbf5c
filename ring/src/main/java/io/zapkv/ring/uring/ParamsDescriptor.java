package io.zapkv.ring.uring;

/// Layout of `struct io_uring_params`, which goes into `io_uring_setup` with wishes and comes back
/// with where things lie.
///
/// ```
///   0          4          8        12            16             20        24     28
///   sq_entries cq_entries flags    sq_thread_cpu sq_thread_idle features  wq_fd  resv[3]
///   40 sq_off:  head tail ring_mask ring_entries flags dropped array resv1 user_addr
///   80 cq_off:  head tail ring_mask ring_entries overflow cqes flags resv1 user_addr
/// ```
final class ParamsDescriptor {
  static final int BYTES = 120;

  static final int SQ_ENTRIES = 0;
  static final int CQ_ENTRIES = 4;
  static final int FLAGS = 8;
  static final int FEATURES = 20;

  static final int SQ_HEAD = 40;
  static final int SQ_TAIL = 44;
  static final int SQ_FLAGS = 56;
  static final int SQ_ARRAY = 64;

  static final int CQ_HEAD = 80;
  static final int CQ_TAIL = 84;
  static final int CQ_OVERFLOW = 96;
  static final int CQ_CQES = 100;

  private ParamsDescriptor() {}
}
