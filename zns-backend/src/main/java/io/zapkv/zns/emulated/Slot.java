package io.zapkv.zns.emulated;

import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneGroup;
import io.zapkv.zns.ZoneRange;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One operation of an [EmulatedQueue], from submission to delivery; used over and over.
final class Slot {
  /// What an operation does.
  enum Kind {
    APPEND,
    APPEND_ANY,
    WRITE,
    READ,
    MANAGE,
    SYNC,
    COPY
  }

  private static final ZoneGroup NO_GROUP = ZoneGroup.of(0);

  final int index;

  // What was asked.
  Kind kind = Kind.SYNC;
  int zone;
  long address;
  ZoneGroup group = NO_GROUP;
  ZoneAction action = ZoneAction.OPEN;
  MemorySegment data = MemorySegment.NULL;
  List<ZoneRange> sources = List.of();
  long token;

  // Where it stands.

  /// Runs when this one has succeeded (A8).
  @Nullable Slot next;

  /// Set as soon as it is known; what is left to do is to come back with it.
  @Nullable ZoneFailure failure;

  /// The place given to an append, a write or a copy.
  long landedAt = ZoneAddress.NONE;

  /// Counted among the writes on their way to a zone.
  boolean inFlight;

  /// How many sources of a copy have been read, and how many bytes those were.
  int sourcesRead;

  int bytesRead;
  int retries;

  /// The bytes of a copy between its reads and its append; made at the first copy, then kept.
  MemorySegment scratch = MemorySegment.NULL;

  Slot(int index) {
    this.index = index;
  }

  /// Forgets everything but the scratch memory.
  void clear() {
    group = NO_GROUP;
    data = MemorySegment.NULL;
    sources = List.of();
    next = null;
    failure = null;
    landedAt = ZoneAddress.NONE;
    inFlight = false;
    sourcesRead = 0;
    bytesRead = 0;
    retries = 0;
  }
}
