package io.zapkv.engine.format;

import org.jspecify.annotations.Nullable;

/// What a chunk holds. The codes are on devices: they never change meaning.
public enum EnvelopeKind {
  SUPERBLOCK(1),
  MANIFEST_SNAPSHOT(2),
  MANIFEST_EDIT(3),
  LOG(4),
  TABLE_DATA(5),
  TABLE_META(6),
  TABLE_FOOTER(7),
  PADDING(8);

  private final int code;

  EnvelopeKind(int code) {
    this.code = code;
  }

  /// The code on the device.
  public int code() {
    return code;
  }

  /// The kind of `code`, or null where this release knows none.
  public static @Nullable EnvelopeKind ofCode(int code) {
    return switch (code) {
      case 1 -> SUPERBLOCK;
      case 2 -> MANIFEST_SNAPSHOT;
      case 3 -> MANIFEST_EDIT;
      case 4 -> LOG;
      case 5 -> TABLE_DATA;
      case 6 -> TABLE_META;
      case 7 -> TABLE_FOOTER;
      case 8 -> PADDING;
      default -> null;
    };
  }
}
