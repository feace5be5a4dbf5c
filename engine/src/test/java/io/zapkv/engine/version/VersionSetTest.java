package io.zapkv.engine.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.api.Compression;
import io.zapkv.api.DeviceException;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.engine.append.AppendStream;
import io.zapkv.engine.append.BlockSource;
import io.zapkv.engine.append.ChunkStamp;
import io.zapkv.engine.base.EpochGate;
import io.zapkv.engine.base.MemoryBudget;
import io.zapkv.engine.cache.BlockCache;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.memtable.MemTable;
import io.zapkv.engine.staging.StagingArea;
import io.zapkv.engine.table.BlockBuffers;
import io.zapkv.engine.table.TableContext;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.table.TableOptions;
import io.zapkv.engine.table.TableReader;
import io.zapkv.engine.table.TableWriter;
import io.zapkv.engine.zone.Lifetime;
import io.zapkv.engine.zone.Purpose;
import io.zapkv.engine.zone.ZoneAllocator;
import io.zapkv.engine.zone.ZoneReserve;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import io.zapkv.zns.fault.FaultyDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class VersionSetTest {
  private static final String DEVICE = "mem:?zones=16&capacity=64KiB&block=512&append=8KiB";
  private static final long STORE = 0xABCDEF0123456789L;

  private final MemoryBudget budget = new MemoryBudget(1 << 20);
  private final EpochGate gate = new EpochGate(LockSupport::parkNanos);

  /// A version set without tables, and one table that no edit names yet.
  private final class Rig implements AutoCloseable {
    final FaultyDevice device;
    final VersionSet versions;
    final TableMeta table;
    final TableContext context;
    private final Arena arena = Arena.ofShared();
    private final Manifest manifest;
    private final BlockSource source;
    private final BlockCache cache;
    private final MemTable active;

    Rig(ZonedDevice real) {
      device = new FaultyDevice(real, "");
      manifest = Manifest.create(device, STORE);
      source = new BlockSource(device, 1);
      cache = new BlockCache(0, gate, budget);
      active = new MemTable(StagingArea.scratch(arena, 64 << 10, 0), 0);
      table = write();
      context = new TableContext(STORE, source, cache, new BlockBuffers(budget), budget);
      versions = setOf(Version.empty(), _ -> TableReader.open(table, context));
    }

    private VersionSet setOf(Version version, Function<TableMeta, TableReader> opener) {
      VersionSet.Owner nobody =
          new VersionSet.Owner() {
            @Override
            public void tableGone(TableMeta gone) {}

            @Override
            public void memTableGone(MemTable gone) {}

            @Override
            public void allGone() {}
          };
      return new VersionSet(manifest, version, active, opener, opener, gate, nobody);
    }

    private TableMeta write() {
      MemorySegment bytes = MemorySegment.ofArray(new byte[] {'k'});
      try (ZoneAllocator zones =
              new ZoneAllocator(
                  device, manifest.recovered().ledger(), new ZoneReserve(1, 1, 1), () -> {});
          AppendStream stream =
              new AppendStream(
                  device,
                  blocks -> zones.lease(Lifetime.SHARED, blocks, Purpose.FLUSH),
                  new ChunkStamp(STORE, 1, 0),
                  8192,
                  4);
          TableWriter writer =
              TableWriter.sharingZones(
                  new TableOptions(Compression.NONE, 10, 512, 4096), stream, 1, 0)) {
        writer.add(bytes, 0, 1, 7, ValueKind.PUT, bytes, 0, 1);
        return writer.finish();
      }
    }

    @Override
    public void close() {
      versions.close();
      active.release();
      cache.close();
      source.close();
      manifest.close();
      arena.close();
    }
  }

  private static VersionEdit adding(List<VersionEdit.Placed> tables) {
    return new VersionEdit(tables, List.of(), List.of(), 8, 1000);
  }

  @Test
  void readersOfAnEditThatCannotBeJournaledAreClosed() {
    try (ZonedDevice device = ZonedDevices.open(DEVICE);
        Rig rig = new Rig(device)) {
      VersionEdit edit = adding(List.of(new VersionEdit.Placed(0, rig.table)));
      rig.device.add("sync zone=1 nth=1 fail TRANSPORT");
      assertThatThrownBy(() -> rig.versions.commit(edit, null)).isInstanceOf(DeviceException.class);
      assertThat(rig.versions.current().tableCount(0)).isZero();
      assertThat(budget.usedBytes(MemoryBudget.Use.TABLE_INDEX)).isZero();
    }
  }

  @Test
  void tablesThatWereOpenedAreClosedWhereOneAfterThemCannotBe() {
    try (ZonedDevice device = ZonedDevices.open(DEVICE);
        Rig rig = new Rig(device)) {
      Version two =
          Version.empty()
              .apply(
                  adding(
                      List.of(
                          new VersionEdit.Placed(0, rig.table),
                          new VersionEdit.Placed(1, rig.table))));
      AtomicInteger opened = new AtomicInteger();
      assertThatThrownBy(() ->
              rig.setOf(
                  two,
                  meta -> {
                    if (opened.incrementAndGet() == 2) {
                      throw new IllegalStateException("the second");
                    }
                    return TableReader.open(meta, rig.context);
                  }))
          .hasMessage("the second");
      assertThat(opened).hasValue(2);
      assertThat(budget.usedBytes(MemoryBudget.Use.TABLE_INDEX)).isZero();
    }
  }

  @Test
  void anEditWithoutRoomInTheMetadataChangesNothingAndTheNextOneIsTaken() {
    try (ZonedDevice device = ZonedDevices.open(DEVICE);
        Rig rig = new Rig(device)) {
      assertThatThrownBy(() -> rig.versions.commit(Histories.huge(10, 300), null))
          .isInstanceOf(OutOfSpaceException.class);
      assertThat(budget.usedBytes(MemoryBudget.Use.TABLE_INDEX)).isZero();
      rig.versions.commit(adding(List.of(new VersionEdit.Placed(0, rig.table))), null);
      assertThat(rig.versions.current().tableCount(0)).isEqualTo(1);
      assertThat(budget.usedBytes(MemoryBudget.Use.TABLE_INDEX)).isPositive();
    }
    assertThat(budget.usedBytes(MemoryBudget.Use.TABLE_INDEX)).isZero();
  }
}
