package io.zapkv.sim.world;

import io.zapkv.sim.world.Media.BeforeReset;
import io.zapkv.sim.world.Media.Zone;
import io.zapkv.zns.ZoneState;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Makes of a device what a crash at this moment leaves.
///
/// A kill leaves all that was executed, and of what was in flight any part. A power cut leaves what
/// a sync has covered, and of the rest each block or not, as zeros or as garbage, up to a pointer
/// that may have gone back; it closes or finishes zones, and may undo resets.
public final class Crash {
  private static final int PAGE = 4096;

  /// Which crash, and what of it is left to chance.
  public enum Kind {
    /// The process dies; of what was in flight any part is done.
    KILL,
    /// The power goes, and takes all it may take.
    POWER_LEAST,
    /// The power goes, and takes nothing.
    POWER_MOST,
    /// The power goes, and takes any part of what it may take.
    POWER_ANY
  }

  private final Landing landing;
  private final Media media;
  private final Coverage coverage;
  private final SplittableRandom random;
  private final Kind kind;

  private Crash(Landing landing, SplittableRandom random, Kind kind) {
    this.landing = landing;
    this.media = landing.media();
    this.coverage = landing.coverage();
    this.random = random;
    this.kind = kind;
  }

  /// What a crash now would leave, while the device goes on.
  public static Media image(SimDevice device, Kind kind, SplittableRandom random) {
    List<SimOperation> sent = new ArrayList<>();
    Media copy = device.copyOfMedia(sent);
    Landing landing = new Landing(copy, device.landing().hasCache(), new Coverage());
    new Crash(landing, random, kind).happen(sent);
    return copy;
  }

  /// The device crashes.
  public static void happen(SimDevice device, Kind kind, SplittableRandom random) {
    new Crash(device.landing(), random, kind).happen(device.die());
  }

  private void happen(List<SimOperation> sent) {
    landSome(sent);
    if (kind == Kind.KILL) {
      return;
    }
    for (Zone zone : media.zones()) {
      lose(zone);
    }
    closeZones();
    loseStaging();
  }

  /// What the device had been sent goes on without the process, in any order, as far as it comes.
  private void landSome(List<SimOperation> sent) {
    List<SimOperation> inFlight = new ArrayList<>(sent);
    if (!inFlight.isEmpty()) {
      coverage.hit(FaultClass.F2);
    }
    while (!inFlight.isEmpty()) {
      SimOperation operation = inFlight.remove(random.nextInt(inFlight.size()));
      boolean lands =
          switch (kind) {
            case KILL, POWER_ANY -> random.nextInt(3) != 0;
            case POWER_LEAST -> false;
            case POWER_MOST -> true;
          };
      if (operation.kind == SimOperation.Kind.APPEND && lands) {
        landing.land(operation);
        operation.failure = null;
      }
    }
    for (Zone zone : media.zones()) { // whoever comes next finds all this complete, not durable
      zone.completed.set(0, (int) zone.pointer);
    }
  }

  private void lose(Zone zone) {
    if (undoReset(zone)) {
      return;
    }
    long least = zone.durable.length();
    long cut =
        switch (kind == Kind.POWER_ANY ? random.nextInt(3) : kind == Kind.POWER_LEAST ? 0 : 1) {
          case 0 -> least;
          case 1 -> zone.pointer;
          default ->
              zone.pointer <= least ? zone.pointer : random.nextLong(least, zone.pointer + 1);
        };
    cut = Math.max(cut, least);
    int keepInTen = kind == Kind.POWER_MOST ? 10 : random.nextInt(11);
    boolean lost = cut < zone.pointer;
    for (long[] append : zone.appends) {
      int kept = 0;
      for (int block = (int) append[0]; block < append[0] + append[1]; block++) {
        boolean keep = zone.durable.get(block) || (block < cut && random.nextInt(10) < keepInTen);
        kept += keep ? 1 : 0;
        if (!keep) {
          spoil(zone, block);
          lost = true;
        }
      }
      if (kept > 0 && kept < append[1]) {
        coverage.hit(FaultClass.F4);
      }
    }
    if (lost) {
      coverage.hit(FaultClass.F3);
    }
    if (cut < zone.pointer
        && zone.state != ZoneState.READ_ONLY
        && zone.state != ZoneState.OFFLINE) {
      zone.pointer = cut;
      zone.state = cut == 0 ? ZoneState.EMPTY : ZoneState.CLOSED;
    }
    survived(zone);
  }

  private void spoil(Zone zone, int block) {
    byte[] bytes = new byte[media.geometry().blockBytes()];
    if (random.nextInt(4) == 0) {
      random.nextBytes(bytes);
    }
    zone.blocks(block, 1).copyFrom(MemorySegment.ofArray(bytes));
  }

  /// What is there after a power cut has survived it.
  private static void survived(Zone zone) {
    zone.appends.clear();
    zone.completed.clear();
    zone.durable.clear();
    zone.completed.set(0, (int) zone.pointer);
    zone.durable.set(0, (int) zone.pointer);
    zone.beforeReset = null;
  }

  private boolean undoReset(Zone zone) {
    BeforeReset before = zone.beforeReset;
    boolean undone =
        before != null
            && zone.durable.isEmpty()
            && kind != Kind.POWER_MOST
            && random.nextInt(3) == 0;
    if (!undone || before == null) {
      return false;
    }
    coverage.hit(FaultClass.F14);
    zone.bytes().asSlice(0, before.bytes.length).copyFrom(MemorySegment.ofArray(before.bytes));
    zone.pointer = before.pointer;
    zone.state =
        zone.pointer == media.geometry().zoneCapacityBlocks() ? ZoneState.FULL : ZoneState.CLOSED;
    survived(zone);
    return true;
  }

  /// Open zones are closed; any active zone may have been finished, and is where slots are short.
  private void closeZones() {
    int active = 0;
    for (Zone zone : media.zones()) {
      if (!zone.state.isActive()) {
        continue;
      }
      coverage.hit(FaultClass.F25);
      boolean finished = random.nextInt(4) == 0 || active == media.geometry().activeZonesMax();
      if (zone.pointer == 0 && !finished) {
        zone.state = ZoneState.EMPTY;
      } else {
        zone.state = finished ? ZoneState.FULL : ZoneState.CLOSED;
        active += finished ? 0 : 1;
      }
    }
  }

  private void loseStaging() {
    if (kind == Kind.POWER_LEAST || (kind == Kind.POWER_ANY && random.nextBoolean())) {
      media.staging.clear();
      return;
    }
    int lostInTen = kind == Kind.POWER_MOST ? 0 : random.nextInt(11);
    for (Map.Entry<String, byte[]> piece : media.staging.entrySet()) {
      byte[] bytes = piece.getValue();
      for (int at = 0; at < bytes.length; at += PAGE) {
        if (random.nextInt(10) < lostInTen) {
          Arrays.fill(bytes, at, Math.min(bytes.length, at + PAGE), (byte) 0);
        }
      }
    }
  }
}
