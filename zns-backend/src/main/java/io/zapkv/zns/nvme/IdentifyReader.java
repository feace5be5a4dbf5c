package io.zapkv.zns.nvme;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Reads the pages of 4096 bytes that a device answers to Identify (NVM Express Base and Zoned
/// Namespace Command Set specifications).
///
/// **Threading.** Pure functions.
final class IdentifyReader {
  static final int PAGE_BYTES = 4096;

  /// Identify: the namespace, in terms of all command sets.
  static final int CNS_NAMESPACE = 0x00;

  /// Identify: the controller.
  static final int CNS_CONTROLLER = 0x01;

  /// Identify: the namespace, in terms of the zoned command set.
  static final int CNS_ZONED_NAMESPACE = 0x05;

  /// Identify: the controller, in terms of the zoned command set.
  static final int CNS_ZONED_CONTROLLER = 0x06;

  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private IdentifyReader() {}

  /// What the controller says of itself.
  ///
  /// @param serial its serial number
  /// @param model its model
  /// @param transferExponent `MDTS`: the largest transfer is two to this of 4 KiB pages; zero for
  ///   no limit
  /// @param canCopy `ONCS` bit 8: whether it knows the command Copy
  /// @param fuses `FUSES`: which fused operations it knows
  /// @param hasWriteCache `VWC` bit 0: whether a completed write can still be lost (D21)
  record Controller(
      String serial,
      String model,
      int transferExponent,
      boolean canCopy,
      int fuses,
      boolean hasWriteCache) {}

  static Controller controller(MemorySegment page) {
    return new Controller(
        text(page, 4, 20),
        text(page, 24, 40),
        u8(page, 77),
        (u16(page, 520) & (1 << 8)) != 0,
        u16(page, 522),
        (u8(page, 525) & 1) != 0);
  }

  /// What the namespace says of itself in terms of all command sets.
  ///
  /// @param blocks `NSZE`
  /// @param format the index of the block format in use
  /// @param blockBytesExponent `LBADS`
  /// @param metadataBytes `MS`: bytes beside each block
  /// @param protection `DPS`: which kind of protection information it keeps, zero for none
  /// @param copyRangeBlocksMax `MSSRL`: the most blocks of one source range of a copy
  /// @param copyBlocksMax `MCL`: the most blocks of a copy
  /// @param copyRangesMax `MSRC`: the most source ranges of a copy
  record Namespace(
      long blocks,
      int format,
      int blockBytesExponent,
      int metadataBytes,
      int protection,
      int copyRangeBlocksMax,
      int copyBlocksMax,
      int copyRangesMax) {}

  static Namespace namespace(MemorySegment page) {
    int formats = u8(page, 25) + 1;
    int inUse = u8(page, 26);
    // Beyond 16 formats, two more bits of the index are elsewhere.
    int format = (inUse & 0xF) | (formats > 16 ? (inUse >> 1) & 0x30 : 0);
    long at = 128 + 4L * format;
    return new Namespace(
        page.get(U64, 0),
        format,
        u8(page, at + 2),
        u16(page, at),
        u8(page, 29) & 7,
        u16(page, 74),
        (int) Math.min(u32(page, 76), Integer.MAX_VALUE),
        u8(page, 80) + 1);
  }

  /// What the namespace says of its zones.
  ///
  /// @param hasVariableCapacity `ZOC` bit 0: whether a zone's capacity may change (D4)
  /// @param activeZonesMax `MAR` + 1, or -1 for no limit
  /// @param openZonesMax `MOR` + 1, or -1 for no limit
  /// @param zoneSizeBlocks `ZSZE` of the block format in use
  record ZonedNamespace(
      boolean hasVariableCapacity, long activeZonesMax, long openZonesMax, long zoneSizeBlocks) {}

  /// @param format the index of the block format in use
  static ZonedNamespace zonedNamespace(MemorySegment page, int format) {
    return new ZonedNamespace(
        (u16(page, 0) & 1) != 0,
        limit(u32(page, 4)),
        limit(u32(page, 8)),
        page.get(U64, 2816 + 16L * format));
  }

  private static long limit(long counted) {
    return counted == 0xFFFF_FFFFL ? -1 : counted + 1;
  }

  /// `ZASL`: the largest append is two to this of 4 KiB pages; zero for that of any transfer (D2).
  static int appendExponent(MemorySegment page) {
    return u8(page, 0);
  }

  private static int u8(MemorySegment page, long at) {
    return Byte.toUnsignedInt(page.get(ValueLayout.JAVA_BYTE, at));
  }

  private static int u16(MemorySegment page, long at) {
    return Short.toUnsignedInt(page.get(U16, at));
  }

  private static long u32(MemorySegment page, long at) {
    return Integer.toUnsignedLong(page.get(U32, at));
  }

  private static String text(MemorySegment page, long at, int length) {
    byte[] bytes = page.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
    return new String(bytes, StandardCharsets.US_ASCII).replace('\0', ' ').strip();
  }
}
