package io.zapkv.zns.fault;

import io.zapkv.zns.ZoneAction;

/// The operations that a [FaultRule] can name.
public enum FaultOperation {
  /// Every one of them.
  ANY,
  /// An append; one to a group matches no rule that names a zone.
  APPEND,
  /// A write at the pointer.
  WRITE,
  /// A read.
  READ,
  /// An explicit open.
  OPEN,
  /// A close.
  CLOSE,
  /// A finish.
  FINISH,
  /// A reset.
  RESET,
  /// A sync; one of all zones matches no rule that names a zone.
  SYNC,
  /// A copy; its zone is the destination.
  COPY;

  static FaultOperation of(ZoneAction action) {
    return switch (action) {
      case OPEN -> OPEN;
      case CLOSE -> CLOSE;
      case FINISH -> FINISH;
      case RESET -> RESET;
    };
  }
}
