package io.zapkv.engine.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.engine.format.Envelope;
import io.zapkv.engine.zone.Lifetime;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import io.zapkv.zns.fault.FaultyDevice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ChunkWalkerTest {
  private static final String DEVICE = "mem:?zones=16&capacity=1MiB&append=32KiB&reorder=4";

  @Test
  void everyChunkOfAZoneIsFoundInPlaceAndThroughAQueue() {
    ZonedDevice device = ZonedDevices.open(DEVICE);
    try (Workshop workshop = new Workshop(device)) {
      AppendStream stream = workshop.stream(Lifetime.SHARED, 32 << 10, 8);
      List<Integer> lengths = Workshop.write(stream, 30, 1);
      stream.drain();
      int zone = ZoneAddress.zone(stream.address(0));
      assertThat(found(workshop.source, zone)).hasSize(lengths.size());
      try (BlockSource queued = new BlockSource(new FaultyDevice(device, ""), 1)) {
        assertThat(found(queued, zone)).isEqualTo(found(workshop.source, zone));
      }
      for (int i = 0; i < lengths.size(); i++) {
        assertThat(found(workshop.source, zone)).contains(stream.address(i));
      }
    }
  }

  @Test
  void aDamagedChunkIsSteppedOver() {
    ZonedDevice device = ZonedDevices.open(DEVICE);
    try (Workshop workshop = new Workshop(device)) {
      AppendStream stream = workshop.stream(Lifetime.SHARED, 32 << 10, 8);
      List<Integer> lengths = Workshop.write(stream, 30, 1);
      stream.drain();
      int zone = ZoneAddress.zone(stream.address(0));
      long victim = stream.address(4);
      MemorySegment bytes = writable(device, zone);
      long at = workshop.source.zoneOffset(victim) + Envelope.BYTES + lengths.get(4) - 1;
      bytes.set(ValueLayout.JAVA_BYTE, at, (byte) (bytes.get(ValueLayout.JAVA_BYTE, at) ^ 1));
      assertThat(found(workshop.source, zone)).hasSize(lengths.size() - 1).doesNotContain(victim);
    }
  }

  @Test
  void blocksThatCannotBeReadAreSteppedOver() {
    FaultyDevice device = new FaultyDevice(ZonedDevices.open(DEVICE), "");
    try (Workshop workshop = new Workshop(device)) {
      AppendStream stream = workshop.stream(Lifetime.SHARED, 4 << 10, 8);
      List<Integer> lengths = Workshop.write(stream, 30, 1);
      stream.drain();
      int zone = ZoneAddress.zone(stream.address(0));
      // The first chunk's block and its retry; each later chunk has its one block.
      device.add("read nth=1 fail MEDIA_READ\nread nth=2 fail MEDIA_READ");
      assertThat(found(workshop.source, zone)).hasSize(lengths.size() - 1);
    }
  }

  private static TreeSet<Long> found(BlockSource source, int zone) {
    TreeSet<Long> addresses = new TreeSet<>();
    long end = source.device().report(zone).writePointerBlocks();
    try (ChunkWalker walker = new ChunkWalker(source, zone, end)) {
      while (walker.next()) {
        assertThat(walker.payload().byteSize()).isEqualTo(walker.envelope().payloadBytes());
        addresses.add(walker.address());
      }
    }
    return addresses;
  }

  @SuppressWarnings("restricted")
  private static MemorySegment writable(ZonedDevice device, int zone) {
    MemorySegment mapped = device.mapped(zone);
    return MemorySegment.ofAddress(mapped.address()).reinterpret(mapped.byteSize());
  }
}
