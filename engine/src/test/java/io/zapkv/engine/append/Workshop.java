package io.zapkv.engine.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.engine.format.Envelope;
import io.zapkv.engine.format.EnvelopeKind;
import io.zapkv.engine.zone.Lifetime;
import io.zapkv.engine.zone.Purpose;
import io.zapkv.engine.zone.ZoneAllocator;
import io.zapkv.engine.zone.ZoneLedger;
import io.zapkv.engine.zone.ZoneReserve;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZonedDevice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// A device with an allocator and a source on it, and chunks that can be told apart.
final class Workshop implements AutoCloseable {
  static final long STORE = 0x5EEDL;
  static final int EPOCH = 3;

  final ZonedDevice device;
  final ZoneLedger ledger;
  final ZoneAllocator allocator;
  final BlockSource source;
  private final List<AppendStream> streams = new ArrayList<>();

  Workshop(ZonedDevice device) {
    this.device = device;
    ledger = new ZoneLedger(new int[device.geometry().zones()]);
    allocator = new ZoneAllocator(device, ledger, new ZoneReserve(1, 1, 1), () -> {});
    source = new BlockSource(device, 2);
  }

  AppendStream stream(Lifetime lifetime, int chunkBytesMax, int inFlightMax) {
    AppendStream stream =
        new AppendStream(
            device,
            blocks -> allocator.lease(lifetime, blocks, Purpose.COMPACTION),
            new ChunkStamp(STORE, EPOCH, 7),
            chunkBytesMax,
            inFlightMax);
    streams.add(stream);
    return stream;
  }

  /// Submits `count` chunks of random lengths, the bytes of each drawn from `seed` and its ordinal.
  static List<Integer> write(AppendStream stream, int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Integer> lengths = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = random.nextInt(stream.payloadBytesMax() + 1);
      ChunkBuffer buffer = stream.buffer();
      fill(buffer.payload(), length, seed + stream.chunks());
      int ordinal = stream.submit(buffer, EnvelopeKind.TABLE_DATA, length);
      assertThat(ordinal).isEqualTo(stream.chunks() - 1);
      lengths.add(length);
    }
    return lengths;
  }

  private static void fill(MemorySegment payload, int length, long seed) {
    SplittableRandom bytes = new SplittableRandom(seed);
    for (int i = 0; i < length; i++) {
      payload.set(ValueLayout.JAVA_BYTE, i, (byte) bytes.nextInt());
    }
  }

  /// Reads every chunk of a drained stream by its address and compares it with what was written.
  void verify(AppendStream stream, List<Integer> lengths, long seed) {
    for (int ordinal = 0; ordinal < lengths.size(); ordinal++) {
      long address = stream.address(ordinal);
      int length = lengths.get(ordinal);
      MemorySegment chunk = MemorySegment.ofArray(new byte[Envelope.BYTES + length]);
      source.read(address, 0, chunk);
      Envelope envelope = Envelope.read(chunk);
      assertThat(envelope).as("envelope of chunk %d", ordinal).isNotNull();
      assertThat(envelope.payloadIsWhole(chunk)).isTrue();
      assertThat(envelope.zone()).isEqualTo(ZoneAddress.zone(address));
      assertThat(envelope.generation()).isEqualTo(ledger.generation(envelope.zone()));
      assertThat(envelope.ordinal()).isEqualTo(ordinal);
      assertThat(envelope.fileId()).isEqualTo(7);
      MemorySegment expected = MemorySegment.ofArray(new byte[length]);
      fill(expected, length, seed + ordinal);
      assertThat(chunk.asSlice(Envelope.BYTES).mismatch(expected)).isEqualTo(-1);
    }
  }

  @Override
  public void close() {
    streams.forEach(AppendStream::close);
    source.close();
    allocator.close();
    device.close();
  }
}
