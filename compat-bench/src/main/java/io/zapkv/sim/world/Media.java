package io.zapkv.sim.world;

import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneCounts;
import io.zapkv.zns.ZoneState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What of a device lasts: the bytes and states of its zones, and the memory that outlives a
/// process. A crash changes it in place.
public final class Media implements AutoCloseable {
  static final int METADATA_ZONES = 2;

  private final Geometry geometry;
  private final Arena arena = Arena.ofShared();
  private final Zone[] zones;
  final TreeMap<String, byte[]> staging = new TreeMap<>();

  /// One zone. Its data are never changed below the pointer, but by a fault or a crash.
  final class Zone {
    final int number;
    ZoneState state = ZoneState.EMPTY;
    long pointer;

    /// Whether the first block is somebody else's.
    boolean beginsForeign;

    long generation;
    final BitSet completed = new BitSet();
    final BitSet durable = new BitSet();
    final BitSet unreadable = new BitSet();
    final List<long[]> appends = new ArrayList<>(); // first block, blocks
    @Nullable MemorySegment bytes;
    @Nullable BeforeReset beforeReset;

    Zone(int number) {
      this.number = number;
    }

    MemorySegment bytes() {
      MemorySegment memory = bytes;
      if (memory == null) {
        memory = arena.allocate(geometry.zoneCapacityBytes(), geometry.blockBytes());
        bytes = memory;
      }
      return memory;
    }

    MemorySegment blocks(long first, long count) {
      long block = geometry.blockBytes();
      return bytes().asSlice(first * block, count * block);
    }

    void forget() {
      generation++;
      pointer = 0;
      beginsForeign = false;
      completed.clear();
      durable.clear();
      unreadable.clear();
      appends.clear();
    }
  }

  /// What a zone held before it was reset, for a reset that is lost.
  static final class BeforeReset {
    final byte[] bytes;
    final long pointer;

    BeforeReset(byte[] bytes, long pointer) {
      this.bytes = bytes;
      this.pointer = pointer;
    }
  }

  /// An empty device.
  public Media(Geometry geometry) {
    this.geometry = geometry;
    zones = new Zone[geometry.zones()];
    for (int i = 0; i < zones.length; i++) {
      zones[i] = new Zone(i);
    }
  }

  /// The same once more.
  public Media copy() {
    Media copy = new Media(geometry);
    for (Zone zone : zones) {
      Zone its = copy.zones[zone.number];
      its.state = zone.state;
      its.pointer = zone.pointer;
      its.generation = zone.generation;
      its.completed.or(zone.completed);
      its.durable.or(zone.durable);
      its.unreadable.or(zone.unreadable);
      its.appends.addAll(zone.appends);
      its.beforeReset = zone.beforeReset;
      if (zone.bytes != null && zone.pointer > 0) {
        its.bytes().copyFrom(zone.bytes());
      }
    }
    staging.forEach((name, bytes) -> copy.staging.put(name, bytes.clone()));
    return copy;
  }

  Geometry geometry() {
    return geometry;
  }

  Zone zone(int number) {
    return zones[number];
  }

  Zone[] zones() {
    return zones;
  }

  /// Whether a zone of the metadata takes no more writes, for good.
  public boolean isMetadataStruck() {
    for (int i = 0; i < METADATA_ZONES; i++) {
      if (zones[i].state == ZoneState.READ_ONLY || zones[i].state == ZoneState.OFFLINE) {
        return true;
      }
    }
    return false;
  }

  ZoneCounts counts() {
    int implicit = 0;
    int explicit = 0;
    int closed = 0;
    for (Zone zone : zones) {
      switch (zone.state) {
        case IMPLICITLY_OPEN -> implicit++;
        case EXPLICITLY_OPEN -> explicit++;
        case CLOSED -> closed++;
        case EMPTY, FULL, READ_ONLY, OFFLINE -> {}
      }
    }
    return new ZoneCounts(implicit, explicit, closed);
  }

  @Override
  public void close() {
    arena.close();
  }
}
