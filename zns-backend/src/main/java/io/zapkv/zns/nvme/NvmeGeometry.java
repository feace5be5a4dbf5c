package io.zapkv.zns.nvme;

import io.zapkv.zns.Geometry;
import io.zapkv.zns.GeometryException;
import io.zapkv.zns.ZoneAddress;

/// Makes the numbers of a device of what it says of itself.
final class NvmeGeometry {
  /// The unit of `MDTS` and `ZASL`. It is told by a register that passthrough cannot read; 4 KiB is
  /// the least it can be, and what all devices at hand have.
  private static final int PAGE_BYTES = 4096;

  /// The most pieces of memory of one command (D2): each page of a buffer may be one.
  private static final int SEGMENTS_MAX = 128;

  /// The most that a host sends in one command where it does not say.
  static final int TRANSFER_BYTES_MAX = SEGMENTS_MAX * PAGE_BYTES;

  private NvmeGeometry() {}

  /// The most bytes of one read or write.
  ///
  /// @param hostBytesMax what the host can send in one command
  static int transferBytesMax(IdentifyReader.Controller controller, int hostBytesMax) {
    return Math.min(bytes(controller.transferExponent()), hostBytesMax);
  }

  /// The most bytes of one append (D2).
  ///
  /// @param appendExponent `ZASL`
  static int appendBytesMax(int transferBytesMax, int appendExponent) {
    return Math.min(transferBytesMax, bytes(appendExponent));
  }

  private static int bytes(int exponent) {
    return exponent == 0 || exponent >= 31 - 12
        ? TRANSFER_BYTES_MAX
        : Math.min(TRANSFER_BYTES_MAX, PAGE_BYTES << exponent);
  }

  /// The numbers all together.
  ///
  /// @throws GeometryException for what cannot be worked with, by its number
  static Geometry of(
      IdentifyReader.Namespace namespace,
      IdentifyReader.ZonedNamespace zoned,
      int appendBytesMax,
      long zoneCapacityBlocks) {
    require(
        namespace.metadataBytes() == 0,
        "metadata",
        namespace.metadataBytes(),
        "0 bytes a block (D3): format the namespace without metadata");
    require(
        namespace.protection() == 0,
        "protection",
        namespace.protection(),
        "0 (D3): format the namespace without protection information");
    require(
        namespace.blockBytesExponent() == 9 || namespace.blockBytesExponent() == 12,
        "block",
        1L << Math.min(namespace.blockBytesExponent(), 62),
        "512 or 4096 bytes: format the namespace so");
    require(
        !zoned.hasVariableCapacity(), "ZOC", 1, "0: zones that keep their capacity for good (D4)");
    require(zoned.zoneSizeBlocks() > 0, "size", zoned.zoneSizeBlocks(), "one or more blocks");
    int blockBytes = 1 << namespace.blockBytesExponent();
    long zones = namespace.blocks() / zoned.zoneSizeBlocks();
    require(
        zones >= 1 && zones <= ZoneAddress.ZONES_MAX,
        "zones",
        zones,
        "1 to " + ZoneAddress.ZONES_MAX);
    long capacityBytes =
        Math.multiplyHigh(zoneCapacityBlocks, blockBytes) == 0
            ? zoneCapacityBlocks * blockBytes
            : Long.MAX_VALUE;
    int open = limit(zoned.openZonesMax(), (int) zones);
    int active = limit(zoned.activeZonesMax(), (int) zones);
    return new Geometry(
        (int) zones,
        zoned.zoneSizeBlocks(),
        zoneCapacityBlocks,
        blockBytes,
        (int) Math.min(appendBytesMax, Math.max(blockBytes, capacityBytes)),
        // An open zone is active: what one limit forbids the other cannot allow.
        Math.min(open, active),
        active);
  }

  private static int limit(long found, int zones) {
    return found < 0 || found > zones ? zones : (int) found;
  }

  private static void require(boolean ok, String parameter, long found, String expected) {
    if (!ok) {
      throw GeometryException.outOfRange(parameter, found, expected);
    }
  }
}
