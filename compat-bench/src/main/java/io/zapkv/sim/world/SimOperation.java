package io.zapkv.sim.world;

import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// One operation on its way.
final class SimOperation {
  enum Kind {
    APPEND,
    READ,
    SYNC,
    MANAGE
  }

  final SimQueue queue;
  final Kind kind;
  final int zone;
  final long token;
  final long ordinal;
  MemorySegment data = MemorySegment.NULL;
  long address = ZoneAddress.NONE; // as it is told
  long landedAt = ZoneAddress.NONE; // as it is
  @Nullable ZoneAction action;
  boolean isFlushed;
  boolean isGivenUp; // its queue is lost: nobody can know what becomes of it
  boolean isExecuted;
  @Nullable ZoneFailure failure;
  long generation; // of the zone when a sync was submitted
  @Nullable BitSet covers;

  /// The same, not done yet, with data of its own.
  SimOperation copy() {
    SimOperation copy = new SimOperation(queue, kind, zone, token, ordinal);
    if (kind == Kind.APPEND) {
      copy.data = MemorySegment.ofArray(data.toArray(ValueLayout.JAVA_BYTE));
    }
    return copy;
  }

  SimOperation(SimQueue queue, Kind kind, int zone, long token, long ordinal) {
    this.queue = queue;
    this.kind = kind;
    this.zone = zone;
    this.token = token;
    this.ordinal = ordinal;
  }
}
