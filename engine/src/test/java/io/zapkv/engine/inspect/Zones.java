package io.zapkv.engine.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import java.lang.foreign.Arena;

/// What somebody does to the zones of a closed store behind its back.
final class Zones {
  private Zones() {}

  static void run(String device, ZoneAction action, int zone) {
    try (ZonedDevice opened = ZonedDevices.open(device);
        ZoneQueue queue = opened.openQueue(1)) {
      queue.manage(action, zone, 0, 0);
      finish(queue);
    }
  }

  /// Appends so many zeros.
  static void append(String device, int zone, int bytes) {
    try (ZonedDevice opened = ZonedDevices.open(device);
        Arena arena = Arena.ofShared();
        ZoneQueue queue = opened.openQueue(1)) {
      queue.append(zone, arena.allocate(bytes, 4096), 0, 0);
      finish(queue);
    }
  }

  private static void finish(ZoneQueue queue) {
    while (queue.outstanding() > 0) {
      queue.await(new Expect(), 1);
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
