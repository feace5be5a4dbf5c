package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// A fresh device for each test of the contract, and what the tests have in common.
abstract class ZonedDeviceFixture {
  static final int BLOCK = 4096;
  static final int ZONE_BLOCKS = 24;
  static final int APPEND_BLOCKS = 4;

  private static final String ZONES = "zones=8&size=128KiB&capacity=96KiB&append=16KiB";

  /// What the device under test is to be made of.
  static final String GEOMETRY = ZONES + "&open=3&active=4";

  /// The same with as many active zones as open ones: closing a zone frees no slot there.
  static final String TIGHT_GEOMETRY = ZONES + "&open=3&active=3";

  final Arena arena = Arena.ofShared();
  ZonedDevice device;
  ZoneQueue queue;

  /// What a real device must be made of, as the property `zap.test.tight` says.
  static Geometry ofRealDevice() {
    String numbers = Boolean.getBoolean("zap.test.tight") ? TIGHT_GEOMETRY : GEOMETRY;
    return ZonedDevices.geometryOfNew("mem:?" + numbers);
  }

  /// Opens a fresh device of [#GEOMETRY] or of [#TIGHT_GEOMETRY].
  abstract ZonedDevice open();

  /// Whether the device shows its zones for reading in place.
  boolean maps() {
    return true;
  }

  @BeforeEach
  void openDevice() {
    device = open();
    queue = device.openQueue(64);
  }

  @AfterEach
  void closeDevice() {
    device.close();
    arena.close();
  }

  final int activeZonesMax() {
    return device.geometry().activeZonesMax();
  }

  /// Appends `count` blocks, one after the other.
  final void fill(int zone, int count) {
    Completions completions = new Completions();
    for (int block = 0; block < count; block++) {
      assertThat(queue.append(zone, blocks(1, fillPattern(zone, block)), 0, block)).isTrue();
      completions.drain(queue);
    }
    assertThat(completions.failed).isEmpty();
  }

  static long fillPattern(int zone, int block) {
    return 1000L * zone + block;
  }

  final void manage(ZoneAction action, int zone) {
    queue.manage(action, zone, 0, 1);
    assertThat(new Completions().drain(queue).failed).isEmpty();
  }

  /// Fresh memory full of a pattern.
  final MemorySegment blocks(int count, long pattern) {
    MemorySegment data = arena.allocate((long) count * BLOCK, BLOCK);
    for (long at = 0; at < data.byteSize(); at += 8) {
      data.set(ValueLayout.JAVA_LONG, at, pattern * 0x9E3779B97F4A7C15L + 1);
    }
    return data;
  }

  final void assertHolds(long address, int count, long pattern) {
    MemorySegment target = arena.allocate((long) count * BLOCK, BLOCK);
    try (ZoneQueue reader = device.openQueue(1)) {
      reader.read(address, target, 0, 1);
      Completions completions = new Completions().drain(reader);
      assertThat(completions.done)
          .containsEntry(1L, new Completions.Done(count * BLOCK, ZoneAddress.NONE));
    }
    assertThat(target.mismatch(blocks(count, pattern))).isEqualTo(-1);
  }
}
