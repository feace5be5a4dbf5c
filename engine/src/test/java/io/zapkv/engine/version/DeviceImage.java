package io.zapkv.engine.version;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// The written bytes of every zone of a `mem:` device, from which devices can be made again.
final class DeviceImage {
  private final byte[][] zones;
  private final int blockBytes;

  private DeviceImage(byte[][] zones, int blockBytes) {
    this.zones = zones;
    this.blockBytes = blockBytes;
  }

  static DeviceImage of(ZonedDevice device) {
    int block = device.geometry().blockBytes();
    byte[][] zones = new byte[device.geometry().zones()][];
    for (ZoneReport report : device.report()) {
      long bytes = report.writePointerBlocks() * block;
      zones[report.zone()] =
          device.mapped(report.zone()).asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE);
    }
    return new DeviceImage(zones, block);
  }

  /// This image with only the first `blocks` blocks of a zone.
  DeviceImage cut(int zone, long blocks) {
    return with(zone, Arrays.copyOf(zones[zone], (int) blocks * blockBytes));
  }

  DeviceImage with(int zone, byte[] bytes) {
    byte[][] changed = zones.clone();
    changed[zone] = bytes;
    return new DeviceImage(changed, blockBytes);
  }

  byte[] bytes(int zone) {
    return zones[zone].clone();
  }

  int blocks(int zone) {
    return zones[zone].length / blockBytes;
  }

  /// A new device with these bytes in its zones.
  ZonedDevice restore(String name) {
    ZonedDevice device = ZonedDevices.open(name);
    for (int zone = 0; zone < zones.length; zone++) {
      write(device, zone, zones[zone]);
    }
    return device;
  }

  static void write(ZonedDevice device, int zone, byte[] bytes) {
    int most = device.geometry().appendBytesMax();
    try (Arena arena = Arena.ofShared();
        ZoneQueue queue = device.openQueue(1)) {
      for (int at = 0; at < bytes.length; at += most) {
        int length = Math.min(most, bytes.length - at);
        MemorySegment data = arena.allocate(length, 4096);
        MemorySegment.copy(bytes, at, data, ValueLayout.JAVA_BYTE, 0, length);
        queue.append(zone, data, 0, 0);
        while (queue.outstanding() > 0) {
          queue.await(new Expect(), 1);
        }
      }
    }
  }

  private static final class Expect implements ZoneHandler {
    @Override
    public void onDone(long token, int bytes, long address) {}

    @Override
    public void onFailed(long token, ZoneFailure failure) {
      assertThat(failure).isNull();
    }
  }
}
