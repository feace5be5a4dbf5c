package io.zapkv.sim.world;

import io.zapkv.sim.world.Media.Zone;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneCommand;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZoneStateMachine;
import io.zapkv.zns.ZoneTransition;

/// How zones change when nothing goes wrong.
///
/// @param hasCache whether what is written needs a sync to survive a power cut
record Landing(Media media, boolean hasCache, Coverage coverage) {
  int blocks(SimOperation operation) {
    return (int) (operation.data.byteSize() / media.geometry().blockBytes());
  }

  ZoneTransition decide(Zone zone, ZoneCommand command) {
    return ZoneStateMachine.apply(
        media.geometry(), media.counts(), zone.state, zone.pointer, command);
  }

  void move(Zone zone, ZoneTransition.Moved moved) {
    if (moved.closesAnother()) {
      for (Zone other : media.zones()) {
        if (other != zone && other.state == ZoneState.IMPLICITLY_OPEN) {
          other.state = ZoneState.CLOSED;
          break;
        }
      }
    }
    zone.state = moved.state();
    zone.pointer = moved.writePointerBlocks();
  }

  /// Does an append.
  void land(SimOperation operation) {
    Zone zone = media.zone(operation.zone);
    int blocks = blocks(operation);
    ZoneTransition transition = decide(zone, new ZoneCommand.Append(blocks));
    if (transition instanceof ZoneTransition.Refused(ZoneFailure why)) {
      operation.failure = why;
      switch (why) {
        case FULL, BOUNDARY -> coverage.hit(FaultClass.F6);
        case TOO_MANY_OPEN, TOO_MANY_ACTIVE -> coverage.hit(FaultClass.F9);
        default -> {}
      }
      return;
    }
    long first = zone.pointer;
    zone.blocks(first, blocks).copyFrom(operation.data);
    zone.appends.add(new long[] {first, blocks});
    move(zone, (ZoneTransition.Moved) transition);
    if (!hasCache) {
      zone.durable.set((int) first, (int) first + blocks);
    }
    zone.beforeReset = zone.durable.isEmpty() ? zone.beforeReset : null;
    operation.generation = zone.generation;
    operation.address = ZoneAddress.of(zone.number, first);
    operation.landedAt = operation.address;
  }
}
