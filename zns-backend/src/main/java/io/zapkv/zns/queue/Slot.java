package io.zapkv.zns.queue;

import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneGroup;
import io.zapkv.zns.ZoneRange;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One operation of a [DeviceQueue], from submission to delivery; used over and over.
public final class Slot {
  /// What an operation does.
  public enum Kind {
    /// To one zone.
    APPEND,
    /// To any zone of a group (S2).
    APPEND_ANY,
    /// At the write pointer (A9).
    WRITE,
    /// Of bytes below the write pointer.
    READ,
    /// An action on a whole zone.
    MANAGE,
    /// Makes what has completed survive a power cut.
    SYNC,
    /// Of ranges to the end of a zone (S5).
    COPY
  }

  private static final ZoneGroup NO_GROUP = ZoneGroup.of(0);

  /// Its token at the ring.
  public final int index;

  // What was asked.
  /// What it does; says which of the following mean something.
  public Kind kind = Kind.SYNC;

  /// Of an append, an action, a sync, and the destination of a copy.
  public int zone;

  /// Of a write or read.
  public long address;

  /// Of an append to any zone of a group.
  public ZoneGroup group = NO_GROUP;

  /// Of an action.
  public ZoneAction action = ZoneAction.OPEN;

  /// What is moved; a copy sets it itself, to the bytes copied.
  public MemorySegment data = MemorySegment.NULL;

  /// Of a copy.
  public List<ZoneRange> sources = List.of();

  /// The caller's number.
  public long token;

  // Where it stands.

  /// Runs when this one has succeeded (A8).
  public @Nullable Slot next;

  /// Set as soon as it is known; what is left to do is to come back with it.
  public @Nullable ZoneFailure failure;

  /// The place given to an append, a write or a copy.
  public long landedAt = ZoneAddress.NONE;

  /// Counted among the writes on their way to a zone.
  public boolean inFlight;

  /// With the ring.
  public boolean away;

  /// How many sources of a copy have been read.
  public int sourcesRead;

  /// How many bytes those were.
  public int bytesRead;

  /// How often it was sent again.
  public int retries;

  /// The bytes of a copy between its reads and its append; made at the first copy, then kept.
  public MemorySegment scratch = MemorySegment.NULL;

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
    away = false;
    sourcesRead = 0;
    bytesRead = 0;
    retries = 0;
  }
}
