package io.zapkv.zns.nvme;

import io.zapkv.ring.Errno;
import io.zapkv.zns.DeviceFormatException;
import io.zapkv.zns.DeviceIoException;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.GeometryException;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// A zoned namespace as it tells itself, and what is asked of it beside the data path.
///
/// **Threading.** Any thread.
///
/// **Failures.** What cannot be asked is a [DeviceIoException].
final class NvmeNamespace {
  private static final int REPORT_BYTES_MAX = 64 << 10;
  private static final int ONE_ZONE_BYTES = 4096;
  private static final int TRIES = 3;

  private final String device;
  private final NvmePort port;
  private final IdentifyReader.Controller controller;
  private final IdentifyReader.Namespace namespace;
  private final int transferBytesMax;
  private final Geometry geometry;
  private final NvmeZones zones;

  private NvmeNamespace(
      String device,
      NvmePort port,
      IdentifyReader.Controller controller,
      IdentifyReader.Namespace namespace,
      int transferBytesMax,
      Geometry geometry) {
    this.device = device;
    this.port = port;
    this.controller = controller;
    this.namespace = namespace;
    this.transferBytesMax = transferBytesMax;
    this.geometry = geometry;
    zones = new NvmeZones(device, geometry);
  }

  /// Asks a namespace what it is; refuses one that a store cannot use.
  static NvmeNamespace identify(String device, NvmePort port) {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment command = arena.allocate(NvmeCommandDescriptor.IOCTL_BYTES, Long.BYTES);
      MemorySegment page = arena.allocate(IdentifyReader.PAGE_BYTES, IdentifyReader.PAGE_BYTES);
      ask(device, port, command, IdentifyReader.CNS_CONTROLLER, page);
      IdentifyReader.Controller controller = IdentifyReader.controller(page);
      ask(device, port, command, IdentifyReader.CNS_NAMESPACE, page);
      IdentifyReader.Namespace namespace = IdentifyReader.namespace(page);
      askZoned(device, port, command, IdentifyReader.CNS_ZONED_NAMESPACE, page);
      IdentifyReader.ZonedNamespace zoned = IdentifyReader.zonedNamespace(page, namespace.format());
      askZoned(device, port, command, IdentifyReader.CNS_ZONED_CONTROLLER, page);
      int transferBytesMax = NvmeGeometry.transferBytesMax(controller, port.transferBytesMax());
      int appendBytesMax =
          NvmeGeometry.appendBytesMax(transferBytesMax, IdentifyReader.appendExponent(page));
      NvmeCommandDescriptor.putReport(
          command, port.namespace(), 0, page.asSlice(0, ONE_ZONE_BYTES));
      require(device, "reporting the first zone", tryIo(port, command));
      long capacityBlocks =
          ZoneReportReader.count(page) == 0 ? 0 : ZoneReportReader.zone(page, 0).capacityBlocks();
      NvmeNamespace found =
          new NvmeNamespace(
              device,
              port,
              controller,
              namespace,
              transferBytesMax,
              NvmeGeometry.of(namespace, zoned, appendBytesMax, capacityBlocks));
      found.reportUntilStable().forEach(found.zones::found);
      return found;
    }
  }

  private static void ask(
      String device, NvmePort port, MemorySegment command, int cns, MemorySegment page) {
    int result = identify(port, command, cns, page);
    require(device, "Identify " + cns, result);
  }

  /// A namespace of another kind does not know the question, or answers nothing.
  private static void askZoned(
      String device, NvmePort port, MemorySegment command, int cns, MemorySegment page) {
    int result = identify(port, command, cns, page);
    if (result > 0) {
      throw new DeviceFormatException(
          device,
          "this namespace has no zones: it answers " + NvmeStatus.print(result),
          "name a zoned namespace; nvme zns id-ns shows whether one is");
    }
    require(device, "Identify " + cns, result);
  }

  private static int identify(NvmePort port, MemorySegment command, int cns, MemorySegment page) {
    page.fill((byte) 0);
    NvmeCommandDescriptor.putIdentify(command, port.namespace(), cns, page);
    int result = port.admin(command);
    for (int tries = 1; passes(result) && tries < TRIES; tries++) {
      result = port.admin(command);
    }
    return result;
  }

  private static int tryIo(NvmePort port, MemorySegment command) {
    int result = port.io(command);
    for (int tries = 1; passes(result) && tries < TRIES; tries++) {
      result = port.io(command);
    }
    return result;
  }

  /// Questions can be asked again whatever became of the first time.
  private static boolean passes(int result) {
    return result < 0 && Errno.isTransient(-result);
  }

  private static void require(String device, String what, int result) {
    if (result != 0) {
      throw new DeviceIoException(
          device,
          what + " failed: " + NvmeStatus.print(result),
          result == -Errno.EACCES || result == -Errno.EPERM
              ? "kernels before 6.2 want CAP_SYS_ADMIN for passthrough; and open the node for"
                  + " writing"
              : "look at the kernel's log; the device may be failing",
          null);
    }
  }

  String device() {
    return device;
  }

  NvmePort port() {
    return port;
  }

  IdentifyReader.Controller controller() {
    return controller;
  }

  /// The limits of copies.
  IdentifyReader.Namespace namespace() {
    return namespace;
  }

  Geometry geometry() {
    return geometry;
  }

  NvmeZones zones() {
    return zones;
  }

  int transferBytesMax() {
    return transferBytesMax;
  }

  /// The device's number of a zone's first block.
  long startLba(int zone) {
    return zone * geometry.zoneSizeBlocks();
  }

  /// One zone now. What the device says of it is held against what it said before.
  ZoneReport report(int zone) {
    long landedBefore = zones.landedEnd(zone);
    ZoneReport report = report(zone, 1, ONE_ZONE_BYTES).getFirst();
    zones.check(report, landedBefore);
    return report;
  }

  /// All zones, in order.
  List<ZoneReport> report() {
    return report(0, geometry.zones(), Math.min(REPORT_BYTES_MAX, transferBytesMax));
  }

  /// After a process was killed, what it had in flight may still be landing.
  private List<ZoneReport> reportUntilStable() {
    List<ZoneReport> before = report();
    for (int round = 0; round < TRIES; round++) {
      List<ZoneReport> now = report();
      if (now.equals(before)) {
        break;
      }
      before = now;
    }
    return before;
  }

  private List<ZoneReport> report(int first, int count, int bytes) {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment command = arena.allocate(NvmeCommandDescriptor.IOCTL_BYTES, Long.BYTES);
      MemorySegment page = arena.allocate(bytes, ONE_ZONE_BYTES);
      List<ZoneReport> reports = new ArrayList<>(count);
      while (reports.size() < count) {
        int next = first + reports.size();
        NvmeCommandDescriptor.putReport(command, port.namespace(), startLba(next), page);
        require(device, "reporting zone " + next, tryIo(port, command));
        int told = Math.min(ZoneReportReader.count(page), count - reports.size());
        if (told == 0) {
          throw new DeviceFormatException(
              device,
              "it reports no zone " + next + " of its " + geometry.zones(),
              "look for new firmware of the device; nothing was changed");
        }
        for (int index = 0; index < told; index++) {
          reports.add(read(next + index, ZoneReportReader.zone(page, index)));
        }
      }
      return reports;
    }
  }

  private ZoneReport read(int zone, ZoneReportReader.Zone told) {
    ZoneState state = told.state();
    if (!told.isSequential() || state == null || told.startLba() != startLba(zone)) {
      throw new DeviceFormatException(
          device,
          "it reports as zone " + zone + " something else: " + told,
          "use a namespace of which each zone must be written front to back");
    }
    boolean isGone = state == ZoneState.OFFLINE || state == ZoneState.READ_ONLY;
    if (told.capacityBlocks() != geometry.zoneCapacityBlocks() && !isGone) {
      throw GeometryException.outOfRange(
          "capacity",
          told.capacityBlocks(),
          "that of zone 0, "
              + geometry.zoneCapacityBlocks()
              + " blocks, for zone "
              + zone
              + ": all zones are of one capacity (D4)");
    }
    long pointer =
        switch (state) {
          case EMPTY -> 0;
          case IMPLICITLY_OPEN, EXPLICITLY_OPEN, CLOSED -> told.pointerLba() - told.startLba();
          case FULL -> geometry.zoneCapacityBlocks();
          case READ_ONLY, OFFLINE -> -1;
        };
    return new ZoneReport(
        zone, state, pointer, geometry.zoneCapacityBlocks(), zones.wasWrittenBefore(zone));
  }
}
