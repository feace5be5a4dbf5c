package io.zapkv.engine.append;

import io.zapkv.engine.base.Invariants;
import io.zapkv.engine.format.EnvelopeKind;
import io.zapkv.engine.zone.ZoneLease;
import io.zapkv.zns.ZoneFailure;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// A page-aligned native buffer of a stream, to be filled and submitted.
///
/// **Threading.** The thread that owns the stream.
///
/// **Memory.** Good from [AppendStream#buffer] to [AppendStream#submit] or [#discard]; after that
/// it is the stream's again and must not be touched. What it holds at first is undefined.
public final class ChunkBuffer {
  /// Where a buffer is on its way.
  enum State {
    /// The stream's.
    FREE,
    /// The user's.
    FILLING,
    /// The device's.
    IN_FLIGHT,
    /// The stream's, to be sent again.
    FAILED
  }

  final int index;
  final MemorySegment chunk;
  private final MemorySegment payload;

  State state = State.FREE;
  EnvelopeKind kind = EnvelopeKind.PADDING;
  int ordinal;
  long sequence;
  int payloadBytes;
  int payloadChecksum;
  long blocks;
  int sends;
  @Nullable ZoneLease lease;
  @Nullable ZoneFailure failure;

  ChunkBuffer(int index, MemorySegment chunk, int envelopeBytes) {
    this.index = index;
    this.chunk = chunk;
    payload = chunk.asSlice(envelopeBytes);
  }

  /// The room for the payload, [AppendStream#payloadBytesMax] bytes; the envelope is in front of it
  /// and not shown.
  public MemorySegment payload() {
    Invariants.check(state == State.FILLING, "a buffer was used that is not its user's any more");
    return payload;
  }

  /// Gives the buffer back unsent.
  public void discard() {
    Invariants.check(state == State.FILLING, "a buffer was given back twice");
    state = State.FREE;
  }

  /// The lease the chunk was sent under last.
  ZoneLease lease() {
    ZoneLease held = lease;
    if (held == null) {
      throw new AssertionError("a chunk in flight has a lease");
    }
    return held;
  }
}
