package io.zapkv.zns.nvme;

import io.zapkv.zns.ZoneState;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Reads what a device answers to Zone Management Receive.
///
/// ```
///    0 number of zones   8 reserved
///   64 descriptor of 64 bytes, one a zone:
///        0 type   1 state (upper half)   8 capacity   16 start   24 write pointer
/// ```
///
/// **Threading.** Pure functions.
final class ZoneReportReader {
  static final int HEADER_BYTES = 64;
  static final int ZONE_BYTES = 64;

  private static final int SEQUENTIAL_WRITE_REQUIRED = 2;
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private ZoneReportReader() {}

  /// One zone as the device tells it.
  ///
  /// @param isSequential whether it is written front to back
  /// @param state null for a state that nobody knows
  /// @param capacityBlocks its writable blocks
  /// @param startLba its first block
  /// @param pointerLba where the next write goes; means nothing in some states (D16)
  record Zone(
      boolean isSequential,
      @Nullable ZoneState state,
      long capacityBlocks,
      long startLba,
      long pointerLba) {}

  /// How many zones the report holds, never more than it has room for.
  static int count(MemorySegment report) {
    long room = (report.byteSize() - HEADER_BYTES) / ZONE_BYTES;
    return (int) Math.max(0, Math.min(report.get(U64, 0), room));
  }

  /// The `index`-th of them.
  static Zone zone(MemorySegment report, int index) {
    long at = HEADER_BYTES + (long) index * ZONE_BYTES;
    return new Zone(
        (report.get(ValueLayout.JAVA_BYTE, at) & 0xF) == SEQUENTIAL_WRITE_REQUIRED,
        state((report.get(ValueLayout.JAVA_BYTE, at + 1) >> 4) & 0xF),
        report.get(U64, at + 8),
        report.get(U64, at + 16),
        report.get(U64, at + 24));
  }

  private static @Nullable ZoneState state(int number) {
    return switch (number) {
      case 0x1 -> ZoneState.EMPTY;
      case 0x2 -> ZoneState.IMPLICITLY_OPEN;
      case 0x3 -> ZoneState.EXPLICITLY_OPEN;
      case 0x4 -> ZoneState.CLOSED;
      case 0xD -> ZoneState.READ_ONLY;
      case 0xE -> ZoneState.FULL;
      case 0xF -> ZoneState.OFFLINE;
      default -> null;
    };
  }
}
