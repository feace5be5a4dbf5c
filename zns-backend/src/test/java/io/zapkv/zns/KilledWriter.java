package io.zapkv.zns;

import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/// Writes to a device until it is killed, and says on its output what it was told.
///
/// `A token address` once an append has completed, `R zone` before a reset is asked for.
final class KilledWriter {
  static final int DEPTH = 8;
  static final int BLOCK = 4096;

  private KilledWriter() {}

  /// @param arguments the device's name, a seed, the first token
  public static void main(String[] arguments) {
    ZonedDevice device = ZonedDevices.open(arguments[0]);
    SplittableRandom random = new SplittableRandom(Long.parseLong(arguments[1]));
    long token = Long.parseLong(arguments[2]);
    PrintStream out = System.out;
    MemorySegment[] buffers = new MemorySegment[DEPTH];
    for (int i = 0; i < DEPTH; i++) {
      buffers[i] = Arena.global().allocate(2 * BLOCK, BLOCK);
    }
    ZoneQueue queue = device.openQueue(DEPTH);
    ZoneHandler handler =
        new ZoneHandler() {
          @Override
          public void onDone(long done, int bytes, long address) {
            if (address != ZoneAddress.NONE) {
              out.println("A " + done + " " + address);
              out.flush();
            }
          }

          @Override
          public void onFailed(long failed, ZoneFailure failure) {
            // Full, crossing the end, or without a slot: the next round resets some zone.
          }
        };
    out.println("open");
    out.flush();
    while (true) {
      for (int i = 0; i < DEPTH; i++) {
        int blocks = 1 + random.nextInt(2);
        fill(buffers[i].asSlice(0, (long) blocks * BLOCK), token);
        queue.append(
            random.nextInt(device.geometry().zones()),
            buffers[i].asSlice(0, (long) blocks * BLOCK),
            0,
            token++);
      }
      drain(queue, handler);
      if (random.nextInt(4) == 0) {
        int zone = random.nextInt(device.geometry().zones());
        ZoneAction action = ZoneAction.values()[random.nextInt(4)];
        if (action == ZoneAction.RESET) {
          out.println("R " + zone);
          out.flush();
        }
        queue.manage(action, zone, 0, 0);
        queue.sync(random.nextBoolean() ? zone : ZoneQueue.ALL_ZONES, 0, 0);
        drain(queue, handler);
      }
    }
  }

  static void fill(MemorySegment data, long token) {
    for (long at = 0; at < data.byteSize(); at += 8) {
      data.set(ValueLayout.JAVA_LONG, at, token);
    }
  }

  private static void drain(ZoneQueue queue, ZoneHandler handler) {
    while (queue.outstanding() > 0) {
      queue.await(handler, DEPTH);
    }
  }
}
