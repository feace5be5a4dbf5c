package io.zapkv.sim.world;

import io.zapkv.sim.plan.Life.Damage;
import io.zapkv.sim.world.Media.Zone;
import io.zapkv.zns.ZoneState;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// What happens to a device that is switched off.
public final class Rest {
  private Rest() {}

  /// Does one damage to some zone that holds something; nothing where none does.
  ///
  /// @return whether anything is gone
  public static boolean damage(Media media, Damage damage, Coverage coverage) {
    List<Zone> zones = new ArrayList<>();
    for (Zone zone : media.zones()) {
      if (zone.pointer > 0) {
        zones.add(zone);
      }
    }
    if (zones.isEmpty()) {
      return false;
    }
    Zone zone = zones.get((int) (damage.where() % zones.size()));
    switch (damage.kind()) {
      case FLIP -> {
        long at = damage.where() * 7919 % (zone.pointer * media.geometry().blockBytes());
        byte before = zone.bytes().get(ValueLayout.JAVA_BYTE, at);
        zone.bytes().set(ValueLayout.JAVA_BYTE, at, (byte) (before ^ 1 << (damage.where() & 7)));
        coverage.hit(FaultClass.F13);
      }
      case OFFLINE -> {
        zone.state = ZoneState.OFFLINE;
        coverage.hit(FaultClass.F8);
      }
      case READ_ONLY -> {
        zone.state = ZoneState.READ_ONLY;
        coverage.hit(FaultClass.F7);
      }
    }
    return damage.kind() != Damage.Kind.READ_ONLY;
  }

  /// Bytes that are written, of all zones.
  public static long writtenBytes(Media media) {
    return writtenBlocks(media) * media.geometry().blockBytes();
  }

  /// Blocks that are written, of all zones.
  public static long writtenBlocks(Media media) {
    long blocks = 0;
    for (Zone zone : media.zones()) {
      blocks += zone.pointer;
    }
    return blocks;
  }

  /// Changes one of the written bytes.
  ///
  /// @param nth which, from 0
  public static void flip(Media media, long nth) {
    long left = nth;
    for (Zone zone : media.zones()) {
      long bytes = zone.pointer * media.geometry().blockBytes();
      if (left < bytes) {
        byte before = zone.bytes().get(ValueLayout.JAVA_BYTE, left);
        zone.bytes().set(ValueLayout.JAVA_BYTE, left, (byte) (before ^ 1 << (nth & 7)));
        return;
      }
      left -= bytes;
    }
  }

  /// Ends a zone before one of the written blocks.
  ///
  /// @param nth which, from 0
  public static void cut(Media media, long nth) {
    long left = nth;
    for (Zone zone : media.zones()) {
      if (left < zone.pointer) {
        zone.pointer = left;
        zone.state = left == 0 ? ZoneState.EMPTY : ZoneState.CLOSED;
        return;
      }
      left -= zone.pointer;
    }
  }
}
