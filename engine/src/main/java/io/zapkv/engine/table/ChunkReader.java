package io.zapkv.engine.table;

import io.zapkv.api.CorruptionException;
import io.zapkv.api.UnsupportedException;
import io.zapkv.engine.format.Envelope;
import io.zapkv.engine.format.EnvelopeKind;
import io.zapkv.engine.zone.Extent;
import io.zapkv.zns.ZoneAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Reads whole chunks of one table and checks that they are what their envelopes have to say (F14).
///
/// **Threading.** Immutable.
final class ChunkReader {
  private final TableMeta meta;
  private final TableContext context;

  ChunkReader(TableMeta meta, TableContext context) {
    this.meta = meta;
    this.context = context;
  }

  /// The payload of the chunk at `address`, in memory of `arena`.
  MemorySegment payload(long address, EnvelopeKind kind, Arena arena) {
    MemorySegment head = arena.allocate(Envelope.BYTES);
    context.source().read(address, 0, head);
    Envelope envelope = check(address, kind, head);
    MemorySegment chunk = arena.allocate((long) Envelope.BYTES + envelope.payloadBytes());
    context.source().read(address, 0, chunk);
    if (!envelope.payloadIsWhole(chunk)) {
      throw corrupt(address, "a payload with its checksum", "another");
    }
    return chunk.asSlice(Envelope.BYTES);
  }

  private Envelope check(long address, EnvelopeKind kind, MemorySegment head) {
    Envelope envelope = Envelope.read(head);
    if (envelope == null) {
      if (Envelope.isWhole(head) && Envelope.version(head) > Envelope.VERSION) {
        throw new UnsupportedException(
            "table " + meta.id() + ", chunk " + ZoneAddress.print(address),
            "format version " + Envelope.VERSION,
            "format version " + Envelope.version(head),
            "open the store with the release that wrote it, or a later one",
            null);
      }
      throw corrupt(address, "an envelope", "none");
    }
    int appendBytesMax = context.source().device().geometry().appendBytesMax();
    expect(address, "kind " + kind, envelope.kind() == kind, envelope);
    expect(address, "this store", envelope.storeId() == context.storeId(), envelope);
    expect(address, "this table", envelope.fileId() == meta.id(), envelope);
    expect(address, "this zone", envelope.zone() == ZoneAddress.zone(address), envelope);
    expect(address, "the table's generation of the zone", isOurGeneration(envelope), envelope);
    expect(
        address,
        "a chunk of one append",
        envelope.payloadBytes() <= appendBytesMax - Envelope.BYTES,
        envelope);
    return envelope;
  }

  private boolean isOurGeneration(Envelope envelope) {
    for (Extent extent : meta.extents()) {
      if (extent.zone() == envelope.zone()) {
        return extent.generation() == envelope.generation();
      }
    }
    return false;
  }

  private void expect(long address, String expected, boolean holds, Envelope got) {
    if (!holds) {
      throw corrupt(address, expected, got.toString());
    }
  }

  private CorruptionException corrupt(long address, String expected, String got) {
    return context.corrupt(meta.id(), address, "envelope", expected, got);
  }
}
