package io.zapkv.zns;

import java.io.FileInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Takes all descriptors of its process while a device is open, and says what the device says.
final class CrowdedWriter {
  private static final int BLOCK = 4096;

  private CrowdedWriter() {}

  /// @param arguments the device's name, and its folder
  public static void main(String[] arguments) throws IOException {
    try (ZonedDevice device = ZonedDevices.open(arguments[0]);
        ZoneQueue queue = device.openQueue(1)) {
      MemorySegment block = Arena.global().allocate(BLOCK, BLOCK);
      append(queue, 0, block);
      device.mapped(0);
      // So that what a failure takes is loaded while files can be opened.
      Files.createDirectories(Path.of(arguments[1], "zone-000001"));
      append(queue, 1, block);
      map(device, 1);
      say("any", queue.append(ZoneGroup.of(0), block, 0, 0), queue);
      state(device, 2);
      say("read", queue.read(ZoneAddress.of(0, 0), block, 0, 0), queue);
      say("sync", queue.sync(0, 0, 0), queue);
      List<FileInputStream> crowd = crowd();
      append(queue, 2, block);
      say("any", queue.append(ZoneGroup.of(0, 2), block, 0, 0), queue);
      state(device, 2);
      map(device, 2);
      append(queue, 0, block);
      say("read", queue.read(ZoneAddress.of(0, 0), block, 0, 0), queue);
      for (FileInputStream each : crowd) {
        each.close();
      }
      append(queue, 2, block);
      say("sync", queue.sync(2, 0, 0), queue);
    }
  }

  private static List<FileInputStream> crowd() {
    List<FileInputStream> crowd = new ArrayList<>();
    while (true) {
      try {
        crowd.add(new FileInputStream("/dev/null"));
      } catch (IOException _) {
        return crowd;
      }
    }
  }

  private static void append(ZoneQueue queue, int zone, MemorySegment block) {
    say("append " + zone, queue.append(zone, block, 0, 0), queue);
  }

  private static void state(ZonedDevice device, int zone) {
    System.out.println("state " + device.report(zone).state());
  }

  private static void map(ZonedDevice device, int zone) {
    try {
      System.out.println("mapped " + zone + " " + (device.mapped(zone) != null));
    } catch (DeviceIoException e) {
      System.out.println("mapped " + zone + " " + e.advice());
    }
  }

  private static void say(String what, boolean taken, ZoneQueue queue) {
    String[] told = {"not taken"};
    ZoneHandler handler =
        new ZoneHandler() {
          @Override
          public void onDone(long token, int bytes, long address) {
            told[0] = "done";
          }

          @Override
          public void onFailed(long token, ZoneFailure failure) {
            told[0] = failure.name();
          }
        };
    while (taken && queue.outstanding() > 0) {
      queue.await(handler, 1);
    }
    System.out.println(what + " " + told[0]);
  }
}
