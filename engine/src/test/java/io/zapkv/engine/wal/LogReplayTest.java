package io.zapkv.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.engine.append.BlockSource;
import io.zapkv.engine.append.ChunkWalker;
import io.zapkv.engine.format.Crc32c;
import io.zapkv.engine.format.Envelope;
import io.zapkv.engine.staging.StagingSegment;
import io.zapkv.engine.wal.Rig.Replayed;
import io.zapkv.engine.zone.ZoneLedger;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random tests name their seed when they fail; `-Dzap.seed=N` runs that one.
class LogReplayTest {
  private static final long SEGMENT = 64 << 10;

  private record Chunk(Envelope envelope, byte[] payload) {
    long end() {
      return envelope.sequence() + (payload.length - 16) / 8;
    }
  }

  @Test
  void nothingIsFoundOnAFreshDevice() {
    try (Rig rig = new Rig("", SEGMENT)) {
      Replayed replayed = rig.replayZones(55);
      assertThat(replayed.records).isEmpty();
      assertThat(replayed.report.nextSequence()).isEqualTo(55);
      assertThat(replayed.report.epoch()).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void whateverSubsetOfChunksLandsAPrefixComesBack(int run) {
    long seed = Long.getLong("zap.seed", 100L + run);
    String replay = "replay with -Dtest=LogReplayTest -Dzap.seed=" + seed;
    SplittableRandom random = new SplittableRandom(seed);
    try (Rig rig = new Rig("&reorder=" + seed, SEGMENT)) {
      write(rig, random, random.nextInt(40, 1500));
      rig.log.append(rig.table.endSequence() - 1);
      List<Chunk> chunks = chunks(rig);
      List<Chunk> landed = new ArrayList<>(chunks);
      int drops = random.nextInt(4);
      for (int i = 0; i < drops && !landed.isEmpty(); i++) {
        landed.remove(random.nextInt(landed.size()));
      }
      long contiguous = contiguousEnd(landed, Rig.BASE);
      try (Crafted crafted = new Crafted(random)) {
        for (Chunk chunk : shuffled(landed, random)) {
          crafted.appendNoise(chunk);
          crafted.append(chunk.envelope, chunk.payload, 0);
          if (random.nextInt(5) == 0) {
            crafted.append(chunk.envelope, chunk.payload, 0); // D10
          }
        }
        Replayed replayed = Rig.replay(crafted.device, crafted.ledger, List.of(), Rig.BASE);
        assertThat(replayed.records).as(replay).isEqualTo(rig.historyTo(contiguous));
        assertThat(replayed.report.isLossy()).as(replay).isFalse();
        assertThat(replayed.report.hasLeftovers())
            .as(replay)
            .isEqualTo(
                replayed.report.endSequence() < rig.table.endSequence()
                    && hasLater(landed, replayed));
        assertThat(replayed.report.nextSequence()).isGreaterThan(rig.table.endSequence());
      }
    }
  }

  @Test
  void aMissingChunkThatWasPromisedIsALoss() {
    try (Rig rig = new Rig("", SEGMENT)) {
      for (int i = 0; i < 10; i++) {
        rig.log.sync(rig.put("key" + i, "value"));
      }
      List<Chunk> chunks = chunks(rig);
      chunks.remove(4);
      try (Crafted crafted = new Crafted(new SplittableRandom(1))) {
        for (Chunk chunk : chunks) {
          crafted.append(chunk.envelope, chunk.payload, 0);
        }
        Replayed replayed = Rig.replay(crafted.device, crafted.ledger, List.of(), Rig.BASE);
        assertThat(replayed.records).hasSize(4);
        assertThat(replayed.report.isLossy()).isTrue();
      }
    }
  }

  @Test
  void aReplayBeginsAtTheFloorInTheMiddleOfAChunk() {
    try (Rig rig = new Rig("", SEGMENT)) {
      rig.put("a", "1");
      rig.put("b", "2");
      long floor = rig.put("c", "3");
      rig.log.sync(rig.put("d", "4"));

      Replayed replayed = rig.replayZones(floor);
      assertThat(replayed.records).isEqualTo(rig.historyFrom(floor));
      assertThat(rig.replayZones(rig.table.endSequence()).records).isEmpty();
      assertThat(rig.replayZones(rig.table.endSequence()).report.staleChunks()).isEqualTo(1);
    }
  }

  @Test
  void memoryOfADeadProcessHoldsAllThatWasPublished() {
    try (Rig rig = new Rig("", SEGMENT)) {
      rig.put("a", "1");
      rig.log.sync(rig.put("b", "2"));
      rig.table.segment().claim(48); // its claimer dies
      rig.put("c", "3");
      rig.table.segment().claim(40); // and so does this one, at the segment's end
      rig.switchTable();
      rig.put("d", "4");
      rig.batch(List.of("e", "f"), "5");
      rig.table.segment().claim(80);

      Replayed replayed = rig.replayAll("boot", Rig.BASE);
      assertThat(replayed.records).isEqualTo(rig.wholeHistory());
      assertThat(replayed.report.steppedOverBytes()).isEqualTo(88);
      assertThat(replayed.report.isLossy()).isFalse();
    }
  }

  @Test
  void afterAPowerCutMemoryIsBelievedUpToItsFirstGap() {
    try (Rig rig = new Rig("", SEGMENT)) {
      rig.put("a", "1");
      rig.log.sync(rig.put("b", "2"));
      rig.put("c", "3");
      rig.table.segment().claim(48);
      rig.put("d", "4");

      Replayed replayed = rig.replayAll("another boot", Rig.BASE);
      assertThat(replayed.records).isEqualTo(rig.wholeHistory().subList(0, 3));
      assertThat(replayed.report.isLossy()).isFalse();
    }
  }

  @Test
  void aDamagedRecordInTrustedMemoryIsTakenFromTheLogOrIsALoss() {
    try (Rig rig = new Rig("", SEGMENT)) {
      long first = rig.put("a", "1");
      rig.log.sync(first);
      long second = rig.put("b", "2");
      rig.put("c", "3");
      StagingSegment segment = rig.table.segment();
      segment.memory().set(ValueLayout.JAVA_BYTE, segment.offset(first) + 33, (byte) 'X');
      assertThat(rig.replayAll("boot", Rig.BASE).records).isEqualTo(rig.wholeHistory());
      assertThat(rig.replayAll("boot", Rig.BASE).report.isLossy()).isFalse();

      segment.memory().set(ValueLayout.JAVA_BYTE, segment.offset(second) + 33, (byte) 'X');
      assertThat(rig.replayAll("boot", Rig.BASE).records).hasSize(1);
      assertThat(rig.replayAll("boot", Rig.BASE).report.isLossy()).isTrue();
    }
  }

  /// Power cut: pages of staging are old or new at random, unsynced chunks landed or not.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void afterAPowerCutWhatWasSyncedIsThereAndTheRestIsAPrefix(int run) {
    long seed = Long.getLong("zap.seed", 300L + run);
    String replay = "replay with -Dtest=LogReplayTest -Dzap.seed=" + seed;
    SplittableRandom random = new SplittableRandom(seed);
    try (Rig rig = new Rig("&reorder=" + seed, 16 << 10)) {
      write(rig, random, random.nextInt(1, 600));
      if (random.nextBoolean()) {
        rig.log.sync(rig.put("synced", "surely"));
      }
      long synced = rig.log.syncedSequence();
      write(rig, random, random.nextInt(300));
      rig.log.append(rig.table.endSequence() - 1);
      write(rig, random, random.nextInt(50));
      for (MemorySegment piece : rig.store.pieces.values()) {
        for (long page = 0; page < piece.byteSize(); page += 4096) {
          if (random.nextInt(4) == 0) {
            piece.asSlice(page, 4096).fill((byte) 0);
          }
        }
      }
      try (Crafted crafted = new Crafted(random)) {
        for (Chunk chunk : shuffled(chunks(rig), random)) {
          if (chunk.end() <= synced || random.nextInt(10) > 0) {
            crafted.append(chunk.envelope, chunk.payload, 0);
          }
        }
        Replayed replayed = crafted.replayWith(rig, "another boot");
        assertThat(replayed.records)
            .as(replay)
            .isEqualTo(rig.historyTo(replayed.report.endSequence()));
        assertThat(replayed.report.endSequence()).as(replay).isGreaterThanOrEqualTo(synced);
        assertThat(replayed.report.isLossy()).as(replay).isFalse();
      }
    }
  }

  private static void write(Rig rig, SplittableRandom random, int operations) {
    for (int i = 0; i < operations; i++) {
      if (random.nextInt(6) == 0) {
        List<String> keys = new ArrayList<>();
        for (int k = random.nextInt(1, 6); k > 0; k--) {
          keys.add("key" + random.nextInt(1000));
        }
        rig.batch(keys, "b".repeat(random.nextInt(200)));
      } else {
        rig.put("key" + random.nextInt(1000), "v".repeat(random.nextInt(400)));
      }
      if (random.nextInt(40) == 0) {
        rig.log.append(rig.table.endSequence() - 1);
      }
    }
  }

  private static boolean hasLater(List<Chunk> landed, Replayed replayed) {
    return landed.stream().anyMatch(chunk -> chunk.end() > replayed.report.endSequence());
  }

  private static long contiguousEnd(List<Chunk> chunks, long floor) {
    long end = floor;
    for (Chunk chunk : chunks) {
      if (chunk.envelope.sequence() <= end) {
        end = Math.max(end, chunk.end());
      }
    }
    return end;
  }

  /// The log chunks on the rig's device, by place.
  private static List<Chunk> chunks(Rig rig) {
    List<Chunk> chunks = new ArrayList<>();
    try (BlockSource source = new BlockSource(rig.device, 1)) {
      for (ZoneReport zone : rig.device.report()) {
        long end =
            zone.writePointerBlocks() >= 0 ? zone.writePointerBlocks() : zone.capacityBlocks();
        try (ChunkWalker walker = new ChunkWalker(source, zone.zone(), end)) {
          while (walker.next()) {
            if (walker.envelope().storeId() == Rig.STORE && walker.envelope().sequence() > 0) {
              chunks.add(
                  new Chunk(walker.envelope(), walker.payload().toArray(ValueLayout.JAVA_BYTE)));
            }
          }
        }
      }
    }
    chunks.sort(Comparator.comparingLong(chunk -> chunk.envelope.sequence()));
    return chunks;
  }

  private static List<Chunk> shuffled(List<Chunk> chunks, SplittableRandom random) {
    List<Chunk> shuffled = new ArrayList<>(chunks);
    for (int i = shuffled.size() - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      Chunk moved = shuffled.get(i);
      shuffled.set(i, shuffled.get(j));
      shuffled.set(j, moved);
    }
    return shuffled;
  }

  /// A device on which a test decides what landed.
  private static final class Crafted implements AutoCloseable {
    final ZonedDevice device =
        ZonedDevices.open("mem:?zones=32&capacity=1MiB&append=16KiB&open=32&active=32");
    final ZoneLedger ledger;
    private final SplittableRandom random;
    private final ZoneQueue queue = device.openQueue(1);
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(16 << 10, 4096);

    Crafted(SplittableRandom random) {
      this.random = random;
      int[] generations = new int[32];
      for (int zone = 0; zone < 32; zone++) {
        generations[zone] = 5 + zone;
      }
      ledger = new ZoneLedger(generations);
    }

    /// Appends a chunk to some zone, stamped for it.
    void append(Envelope like, byte[] payload, int generationsOff) {
      int zone = 2 + random.nextInt(30);
      fill(like, payload, zone, ledger.generation(zone) + generationsOff);
      send(zone, like.chunkBytes(4096));
    }

    /// What must not be taken for `chunk`, though it is at the same place.
    void appendNoise(Chunk chunk) {
      Envelope real = chunk.envelope;
      byte[] other = chunk.payload.clone();
      other[random.nextInt(16, other.length)] ^= 1;
      switch (random.nextInt(12)) {
        case 0 -> append(with(real, Rig.STORE, real.epoch() - 1, other), other, 0);
        case 1 -> append(with(real, Rig.STORE + 1, real.epoch(), other), other, 0);
        case 2 -> append(with(real, Rig.STORE, real.epoch(), other), other, -1);
        case 3 -> append(real, other, 0); // torn: the checksum is the other's
        case 4 -> {
          for (int i = 0; i < 4096; i++) {
            buffer.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
          }
          send(2 + random.nextInt(30), 4096);
        }
        default -> {}
      }
    }

    Replayed replayWith(Rig rig, String boot) {
      io.zapkv.engine.staging.StagingArea area =
          new io.zapkv.engine.staging.StagingArea(
              rig.store, 16 << 10, Rig.STORE, Rig.EPOCH + 1, boot, new SplittableRandom(4));
      return Rig.replay(device, ledger, area.recovered(), Rig.BASE);
    }

    private static Envelope with(Envelope real, long store, int epoch, byte[] payload) {
      return new Envelope(
          real.kind(),
          store,
          0,
          0,
          epoch,
          real.ordinal(),
          real.fileId(),
          real.sequence(),
          payload.length,
          Crc32c.of(MemorySegment.ofArray(payload), 0, payload.length));
    }

    private void fill(Envelope like, byte[] payload, int zone, int generation) {
      buffer.fill((byte) 0);
      like.sentTo(zone, generation).write(buffer);
      MemorySegment.copy(payload, 0, buffer, ValueLayout.JAVA_BYTE, 64, payload.length);
    }

    private void send(int zone, int bytes) {
      queue.append(zone, buffer.asSlice(0, bytes), 0, 1);
      queue.await(
          new ZoneHandler() {
            @Override
            public void onDone(long token, int done, long address) {}

            @Override
            public void onFailed(long token, ZoneFailure failure) {
              throw new AssertionError(failure);
            }
          },
          1);
    }

    @Override
    public void close() {
      queue.close();
      device.close();
      arena.close();
    }
  }
}
