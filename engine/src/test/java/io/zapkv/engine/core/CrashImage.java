package io.zapkv.engine.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.zns.StagingStore;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// What a crash leaves of a [CrashDevice]: of its zones, and of its staging memory.
final class CrashImage {
  private static final int PAGE = 4096;

  private record Zone(int zone, byte[] written, boolean finished) {}

  private final List<Zone> zones = new ArrayList<>();
  private final Map<String, byte[]> staging = new TreeMap<>();

  /// The death of the process: everything that reached the device or the staging memory is there.
  static CrashImage ofKill(CrashDevice device) {
    CrashImage image = new CrashImage();
    for (ZoneReport report : device.report()) {
      if (report.state() != ZoneState.EMPTY) {
        image.zones.add(zone(device, report));
      }
    }
    image.staging.putAll(stagingOf(device));
    return image;
  }

  /// A power cut: what no sync has covered is there or not, block by block; staging memory is gone
  /// or mixed with `older`, page by page.
  static CrashImage ofPowerCut(
      CrashDevice device, Map<String, byte[]> older, RandomGenerator random) {
    CrashImage image = new CrashImage();
    int block = device.geometry().blockBytes();
    int keepInTen = random.nextInt(11);
    for (ZoneReport report : device.report()) {
      if (report.state() == ZoneState.EMPTY) {
        continue;
      }
      Zone whole = zone(device, report);
      BitSet durable = device.durable(report.zone());
      int end = whole.written().length / block;
      int least = durable.length();
      int cut = keepInTen == 10 || end <= least ? end : random.nextInt(least, end + 1);
      byte[] bytes = Arrays.copyOf(whole.written(), cut * block);
      for (int i = 0; i < cut; i++) {
        if (!durable.get(i) && random.nextInt(10) >= keepInTen) {
          Arrays.fill(bytes, i * block, (i + 1) * block, (byte) 0);
        }
      }
      if (cut > 0) {
        image.zones.add(new Zone(report.zone(), bytes, whole.finished() || random.nextBoolean()));
      }
    }
    if (random.nextBoolean()) {
      stagingOf(device)
          .forEach((name, now) -> image.staging.put(name, mixed(now, older.get(name), random)));
    }
    return image;
  }

  private static byte[] mixed(byte[] now, byte[] older, RandomGenerator random) {
    byte[] mixed = now.clone();
    int oldInTen = random.nextInt(11);
    for (int at = 0; at < mixed.length; at += PAGE) {
      if (random.nextInt(10) < oldInTen) {
        if (older == null) {
          Arrays.fill(mixed, at, at + PAGE, (byte) 0);
        } else {
          System.arraycopy(older, at, mixed, at, PAGE);
        }
      }
    }
    return mixed;
  }

  static Map<String, byte[]> stagingOf(ZonedDevice device) {
    Map<String, byte[]> pieces = new TreeMap<>();
    StagingStore store = device.staging();
    for (String name : store.names()) {
      long bytes = Long.parseLong(name.split("-")[1]);
      pieces.put(name, store.map(name, bytes).toArray(ValueLayout.JAVA_BYTE));
    }
    return pieces;
  }

  private static Zone zone(ZonedDevice device, ZoneReport report) {
    boolean full = report.state() == ZoneState.FULL;
    long blocks = full ? report.capacityBlocks() : report.writePointerBlocks();
    MemorySegment bytes = device.mapped(report.zone());
    return new Zone(
        report.zone(),
        bytes.asSlice(0, blocks * device.geometry().blockBytes()).toArray(ValueLayout.JAVA_BYTE),
        full);
  }

  /// A new device that holds this.
  ZonedDevice restore(String name) {
    ZonedDevice device = ZonedDevices.open(name);
    staging.forEach((piece, bytes) ->
        MemorySegment.copy(
            bytes,
            0,
            device.staging().map(piece, bytes.length),
            ValueLayout.JAVA_BYTE,
            0,
            bytes.length));
    int active = device.geometry().activeZonesMax();
    int open = 0;
    for (boolean finished : new boolean[] {true, false}) {
      for (Zone zone : zones) {
        if (zone.finished() == finished) {
          // A device that was powered down may have finished any zone, so no limit is passed.
          boolean finish = finished || open == active;
          open += finish ? 0 : 1;
          write(device, zone, finish);
        }
      }
    }
    return device;
  }

  private static void write(ZonedDevice device, Zone zone, boolean finish) {
    int most = device.geometry().appendBytesMax() / PAGE * PAGE;
    try (Arena arena = Arena.ofShared();
        ZoneQueue queue = device.openQueue(1)) {
      for (int at = 0; at < zone.written().length; at += most) {
        int length = Math.min(most, zone.written().length - at);
        MemorySegment data = arena.allocate(length, PAGE);
        MemorySegment.copy(zone.written(), at, data, ValueLayout.JAVA_BYTE, 0, length);
        queue.append(zone.zone(), data, 0, 0);
        await(queue);
      }
      if (finish && device.report(zone.zone()).state() != ZoneState.FULL) {
        queue.manage(ZoneAction.FINISH, zone.zone(), 0, 0);
        await(queue);
      }
    }
  }

  private static void await(ZoneQueue queue) {
    while (queue.outstanding() > 0) {
      queue.await(
          new ZoneHandler() {
            @Override
            public void onDone(long token, int bytes, long address) {}

            @Override
            public void onFailed(long token, ZoneFailure failure) {
              assertThat(failure).isNull();
            }
          },
          1);
    }
  }
}
