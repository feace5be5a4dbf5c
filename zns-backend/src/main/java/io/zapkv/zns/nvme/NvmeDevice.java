package io.zapkv.zns.nvme;

import io.zapkv.ring.Ring;
import io.zapkv.zns.DeviceStats;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.RingSource;
import io.zapkv.zns.StagingStore;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.emulated.StagingFolder;
import io.zapkv.zns.queue.DeviceQueue;
import io.zapkv.zns.queue.OpenQueues;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A zoned namespace of an NVMe device.
///
/// **Threading.** As [ZonedDevice] says.
///
/// **Failures.** A report that cannot be had is a [io.zapkv.zns.DeviceIoException].
final class NvmeDevice implements ZonedDevice {
  private static final System.Logger LOG = System.getLogger(NvmeDevice.class.getName());
  private static final int TEST_DEPTH = 4;

  private final String name;
  private final NvmePort port;
  private final NvmeNamespace namespace;
  private final RingSource rings;
  private final boolean readOnly;
  private final @Nullable StagingFolder staging;
  private final OpenQueues queues;
  private String selfTest = "self-test skipped: opened for reading only";

  private NvmeDevice(
      String name,
      NvmePort port,
      NvmeNamespace namespace,
      RingSource rings,
      @Nullable StagingFolder staging,
      boolean readOnly) {
    this.name = name;
    this.port = port;
    this.namespace = namespace;
    this.rings = rings;
    this.staging = staging;
    this.readOnly = readOnly;
    queues = new OpenQueues(name);
  }

  /// Takes over the port and the rings, also where it throws.
  ///
  /// @param stagingFolder where memory that outlives the process is kept, or null for nowhere
  static NvmeDevice open(
      String name,
      NvmePort port,
      RingSource rings,
      @Nullable Path stagingFolder,
      boolean readOnly) {
    StagingFolder staging = null;
    boolean whole = false;
    try {
      NvmeNamespace namespace = NvmeNamespace.identify(name, port);
      staging = stagingFolder == null ? null : StagingFolder.open(name, stagingFolder, readOnly);
      NvmeDevice device = new NvmeDevice(name, port, namespace, rings, staging, readOnly);
      device.test();
      whole = true;
      return device;
    } finally {
      if (!whole) {
        release(rings, port, staging);
      }
    }
  }

  private void test() {
    try (Ring ring = rings.open(1)) {
      SelfTest.probe(namespace, ring, rings.patienceNanos());
    }
    if (!readOnly) {
      Ring ring = rings.open(TEST_DEPTH);
      // None of the device's queues: what the test moves nobody has asked for.
      try (ZoneQueue queue =
          new DeviceQueue(
              geometry(),
              ring,
              new NvmeRunner(namespace, ring, false, 0),
              rings.patienceNanos(),
              null,
              _ -> {})) {
        selfTest = SelfTest.run(namespace, queue, namespace.report());
        LOG.log(
            SelfTest.wasSkipped(selfTest) ? Level.INFO : Level.DEBUG, "{0}: {1}", name, selfTest);
      }
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Geometry geometry() {
    return namespace.geometry();
  }

  @Override
  public ZoneReport report(int zone) {
    queues.checkOpen();
    return namespace.report(zone);
  }

  @Override
  public List<ZoneReport> report() {
    queues.checkOpen();
    return namespace.report();
  }

  @Override
  public ZoneQueue openQueue(int depth) {
    return queues.open(number -> {
      Ring ring = rings.open(depth);
      return new DeviceQueue(
          geometry(),
          ring,
          new NvmeRunner(namespace, ring, readOnly, number),
          rings.patienceNanos(),
          null,
          queues::closed);
    });
  }

  @Override
  public @Nullable MemorySegment mapped(int zone) {
    queues.checkOpen();
    return null;
  }

  /// Where the device's name says so; a namespace has no such memory itself.
  @Override
  public @Nullable StagingStore staging() {
    queues.checkOpen();
    return staging == null ? null : staging.store();
  }

  @Override
  public DeviceStats stats() {
    return queues.stats(rings.description() + "; " + selfTest);
  }

  @Override
  public boolean isVolatile() {
    return false;
  }

  @Override
  public void close() {
    if (queues.close()) {
      release(rings, port, staging);
    }
  }

  private static void release(RingSource rings, NvmePort port, @Nullable StagingFolder staging) {
    rings.close();
    port.close();
    if (staging != null) {
      staging.close();
    }
  }
}
