package io.zapkv.zns.nvme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.zns.Geometry;
import io.zapkv.zns.GeometryException;
import io.zapkv.zns.ZoneState;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// What devices say of themselves, byte for byte as the specifications lay it out.
class NvmeReadersTest {
  private static final int TRANSFER = 512 << 10;

  /// A page of zeros with these bytes at these places.
  private static MemorySegment page(Object... placesAndBytes) {
    MemorySegment page = MemorySegment.ofArray(new byte[4096]);
    for (int i = 0; i < placesAndBytes.length; i += 2) {
      byte[] bytes = HexFormat.of().parseHex(((String) placesAndBytes[i + 1]).replace(" ", ""));
      MemorySegment.copy(
          bytes, 0, page, ValueLayout.JAVA_BYTE, (Integer) placesAndBytes[i], bytes.length);
    }
    return page;
  }

  @Test
  void aControllerSaysWhatItIsAndCanDo() {
    MemorySegment page =
        page(
            4, "5a4e 532d 3031 2020 2020 2020 2020 2020 2020 2020", // "ZNS-01", padded
            24, "5145 4d55 204e 564d 6520 4374 726c 2020",
            77, "07",
            520, "5d01", // 0x15d: bit 8 is Copy
            522, "0100",
            525, "07");
    assertThat(IdentifyReader.controller(page))
        .isEqualTo(new IdentifyReader.Controller("ZNS-01", "QEMU NVMe Ctrl", 7, true, 1, true));
    assertThat(IdentifyReader.controller(page(520, "5d00", 525, "06")))
        .isEqualTo(new IdentifyReader.Controller("", "", 0, false, 0, false));
  }

  @Test
  void aNamespaceSaysItsBlockFormatAndItsLimitsOfCopies() {
    MemorySegment page =
        page(
            0,
            "0000 1000 0000 0000", // 0x100000 blocks
            25,
            "07", // eight formats
            26,
            "14", // the fifth; bit 4 is not of the index
            29,
            "00",
            74,
            "8000", // MSSRL 128
            76,
            "0002 0000", // MCL 512
            80,
            "7f", // MSRC 128
            128 + 16,
            "0000 0c00"); // no metadata, 2^12
    assertThat(IdentifyReader.namespace(page))
        .isEqualTo(new IdentifyReader.Namespace(0x100000, 4, 12, 0, 0, 128, 512, 128));
  }

  @Test
  void theIndexOfABlockFormatBeyondSixteenHasTwoMoreBits() {
    MemorySegment page = page(25, "3f", 26, "23", 29, "0a", 128 + 4 * 0x13, "0800 0900");
    IdentifyReader.Namespace namespace = IdentifyReader.namespace(page);
    assertThat(namespace.format()).isEqualTo(0x13);
    assertThat(namespace.metadataBytes()).isEqualTo(8);
    assertThat(namespace.blockBytesExponent()).isEqualTo(9);
    assertThat(namespace.protection()).isEqualTo(2);
  }

  @Test
  void aZonedNamespaceSaysItsLimitsAndTheZoneSizeOfItsFormat() {
    MemorySegment page =
        page(
            0,
            "0000",
            4,
            "1f00 0000", // MAR, counted from zero
            8,
            "0f00 0000", // MOR
            2816 + 16,
            "0040 0000 0000 0000", // of format 1
            2816,
            "ff");
    assertThat(IdentifyReader.zonedNamespace(page, 1))
        .isEqualTo(new IdentifyReader.ZonedNamespace(false, 32, 16, 0x4000));
    assertThat(IdentifyReader.zonedNamespace(page(0, "0100", 4, "ffff ffff ffff ffff"), 0))
        .isEqualTo(new IdentifyReader.ZonedNamespace(true, -1, -1, 0));
    assertThat(IdentifyReader.appendExponent(page(0, "05"))).isEqualTo(5);
  }

  @Test
  void aReportTellsTypeStateCapacityStartAndPointer() {
    MemorySegment report =
        page(
            0, "0300 0000 0000 0000",
            64, "02 20 00 00 00000000 003e000000000000 0040000000000000 0741000000000000",
            128, "02 e0 01 00 00000000 003e000000000000 0080000000000000 ffffffffffffffff",
            192, "01 90 00 00");
    assertThat(ZoneReportReader.count(report)).isEqualTo(3);
    assertThat(ZoneReportReader.zone(report, 0))
        .isEqualTo(
            new ZoneReportReader.Zone(true, ZoneState.IMPLICITLY_OPEN, 0x3e00, 0x4000, 0x4107));
    assertThat(ZoneReportReader.zone(report, 1))
        .isEqualTo(new ZoneReportReader.Zone(true, ZoneState.FULL, 0x3e00, 0x8000, -1));
    assertThat(ZoneReportReader.zone(report, 2))
        .isEqualTo(new ZoneReportReader.Zone(false, null, 0, 0, 0));
    String[] states = {"10", "20", "30", "40", "d0", "e0", "f0"};
    for (int i = 0; i < states.length; i++) {
      assertThat(ZoneReportReader.zone(page(65, states[i]), 0).state())
          .isEqualTo(ZoneState.values()[i == 4 ? 4 : i]);
    }
  }

  @Test
  void aReportNeverHoldsMoreThanItHasRoomFor() {
    assertThat(ZoneReportReader.count(page(0, "ffff ffff ffff ff7f"))).isEqualTo(63);
    assertThat(ZoneReportReader.count(page(0, "ffff ffff ffff ffff"))).isZero();
  }

  @Test
  void d2_theAppendLimitIsTheLeastOfAllLimits() {
    assertThat(append(0, 0, TRANSFER)).isEqualTo(512 << 10); // no limit but that of segments
    assertThat(append(7, 0, TRANSFER)).isEqualTo(512 << 10); // ZASL 0 means MDTS
    assertThat(append(5, 0, TRANSFER)).isEqualTo(128 << 10);
    assertThat(append(7, 5, TRANSFER)).isEqualTo(128 << 10);
    assertThat(append(3, 5, TRANSFER)).isEqualTo(32 << 10);
    assertThat(append(9, 9, TRANSFER)).isEqualTo(512 << 10);
    assertThat(append(255, 200, TRANSFER)).isEqualTo(512 << 10);
    assertThat(append(7, 7, 127 * 4096)).isEqualTo(127 * 4096);
  }

  private static int append(int mdts, int zasl, int hostBytesMax) {
    var controller = new IdentifyReader.Controller("", "", mdts, false, 0, false);
    return NvmeGeometry.appendBytesMax(
        NvmeGeometry.transferBytesMax(controller, hostBytesMax), zasl);
  }

  @Test
  void theGeometryFollowsFromWhatTheDeviceSays() {
    assertThat(NvmeGeometry.of(namespace(12, 0, 0), zoned(false, 32, 16), 128 << 10, 0x3e00))
        .isEqualTo(new Geometry(64, 0x4000, 0x3e00, 4096, 128 << 10, 16, 32));
    assertThat(NvmeGeometry.of(namespace(9, 0, 0), zoned(false, -1, -1), 128 << 10, 100))
        .isEqualTo(new Geometry(64, 0x4000, 100, 512, 51200, 64, 64));
    // More may be open than active: the lower limit holds for both.
    assertThat(NvmeGeometry.of(namespace(12, 0, 0), zoned(false, 8, -1), 4096, 0x3e00))
        .isEqualTo(new Geometry(64, 0x4000, 0x3e00, 4096, 4096, 8, 8));
  }

  @Test
  void d3_whatAStoreCannotUseIsRefusedByItsNumber() {
    refuses("metadata", namespace(12, 8, 0), zoned(false, 32, 16), 100);
    refuses("protection", namespace(12, 0, 1), zoned(false, 32, 16), 100);
    refuses("block", namespace(13, 0, 0), zoned(false, 32, 16), 100);
    refuses("ZOC", namespace(12, 0, 0), zoned(true, 32, 16), 100);
    refuses("capacity", namespace(12, 0, 0), zoned(false, 32, 16), 0x4001);
    refuses("capacity", namespace(12, 0, 0), zoned(false, 32, 16), 0);
    refuses("size", namespace(12, 0, 0), new IdentifyReader.ZonedNamespace(false, 32, 16, 0), 100);
    refuses(
        "size", namespace(12, 0, 0), new IdentifyReader.ZonedNamespace(false, 32, 16, 3000), 100);
    refuses(
        "zones",
        namespace(12, 0, 0),
        new IdentifyReader.ZonedNamespace(false, 32, 16, 1L << 30),
        100);
  }

  private static void refuses(
      String parameter,
      IdentifyReader.Namespace namespace,
      IdentifyReader.ZonedNamespace zoned,
      long capacityBlocks) {
    assertThatThrownBy(() -> NvmeGeometry.of(namespace, zoned, 4096, capacityBlocks))
        .isInstanceOfSatisfying(
            GeometryException.class, e -> assertThat(e.parameter()).isEqualTo(parameter));
  }

  private static IdentifyReader.Namespace namespace(int exponent, int metadata, int protection) {
    return new IdentifyReader.Namespace(
        64 * 0x4000, 0, exponent, metadata, protection, 128, 128, 128);
  }

  private static IdentifyReader.ZonedNamespace zoned(boolean variable, long active, long open) {
    return new IdentifyReader.ZonedNamespace(variable, active, open, 0x4000);
  }
}
