package io.zapkv.zns;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A device made of zones, each written front to back and emptied whole.
///
/// All work goes through [ZoneQueue]s, as NVMe work goes through queue pairs: a thread that has
/// much to do opens its own. What an append means is in the append contract (A1 to A12); it is the
/// same on every device.
///
/// **Threading.** Any thread may call the device; each queue has one owner at a time.
///
/// **Failures.** Opening throws a [ZonedDeviceException]; an operation fails through its
/// completion.
public interface ZonedDevice extends AutoCloseable {
  /// The name the device was opened by, without secrets: `emu:/data/zap`.
  String name();

  /// The device's fixed numbers.
  Geometry geometry();

  /// The state of one zone now. The pointer lags appends in flight (D17).
  ZoneReport report(int zone);

  /// The state of every zone, in zone order.
  List<ZoneReport> report();

  /// Opens a queue for at most `depth` operations between submission and delivery.
  ZoneQueue openQueue(int depth);

  /// The zone's bytes, readable in place from its start to its capacity, or null where the device
  /// cannot map them. Bytes at or above the write pointer are undefined. The segment lives as long
  /// as the device; what a reset leaves in it is undefined, too.
  @Nullable MemorySegment mapped(int zone);

  /// Memory outside the zones that outlives the process, or null where there is none.
  @Nullable StagingStore staging();

  /// Counts since the device was opened.
  DeviceStats stats();

  /// Whether everything written to zones is gone when the device is closed.
  boolean isVolatile();

  /// Closes the queues still open, then the device. Idempotent.
  @Override
  void close();
}
