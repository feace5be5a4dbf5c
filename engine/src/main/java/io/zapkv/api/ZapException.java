package io.zapkv.api;

import org.jspecify.annotations.Nullable;

/// What the world did to a store: one subclass for each way a caller would react.
///
/// The message says where, what was expected and what was found; [#advice] says what to do about
/// it, and [#code] names the kind of failure in one word that never changes.
public abstract sealed class ZapException extends RuntimeException
    permits ClosedException,
        CorruptionException,
        DeviceException,
        LockedException,
        NotAStoreException,
        OutOfSpaceException,
        UnsupportedException {
  private static final long serialVersionUID = 1L;

  private final String where;
  private final String expected;
  private final String got;
  private final String advice;

  ZapException(
      String where, String expected, String got, String advice, @Nullable Throwable cause) {
    super(where + ": expected " + expected + ", got " + got, cause);
    this.where = where;
    this.expected = expected;
    this.got = got;
    this.advice = advice;
  }

  /// The kind of failure, for programs and for who searches logs: one code for each subclass, the
  /// same in every release.
  ///
  /// | code | |
  /// | --- | --- |
  /// | `closed` | [ClosedException] |
  /// | `corruption` | [CorruptionException] |
  /// | `io-error` | [DeviceException] |
  /// | `locked` | [LockedException] |
  /// | `not-a-store` | [NotAStoreException] |
  /// | `out-of-space` | [OutOfSpaceException] |
  /// | `unsupported` | [UnsupportedException] |
  public final String code() {
    return switch (this) {
      case ClosedException _ -> "closed";
      case CorruptionException _ -> "corruption";
      case DeviceException _ -> "io-error";
      case LockedException _ -> "locked";
      case NotAStoreException _ -> "not-a-store";
      case OutOfSpaceException _ -> "out-of-space";
      case UnsupportedException _ -> "unsupported";
    };
  }

  /// The device, zone, address, table or operation concerned.
  public final String where() {
    return where;
  }

  /// What should have been there or should have happened.
  public final String expected() {
    return expected;
  }

  /// What was there or happened instead.
  public final String got() {
    return got;
  }

  /// What to do about it: one sentence without a full stop, in the imperative.
  public final String advice() {
    return advice;
  }
}
