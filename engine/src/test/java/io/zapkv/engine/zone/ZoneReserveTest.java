package io.zapkv.engine.zone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.zns.Geometry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZoneReserveTest {
  @ParameterizedTest
  @CsvSource({
    // zones, zone MiB, memtable MiB, log, flush, compaction
    "1024, 32, 64, 2, 3, 3",
    "64, 16, 64, 4, 5, 3",
    "63, 16, 64, 4, 5, 4",
    "16, 16, 64, 1, 1, 4",
    "9, 16, 1, 1, 1, 4",
    "100, 1024, 64, 1, 2, 3"
  })
  void theStandardReserveFollowsTheMemtableAndTheDevice(
      int zones, int zoneMiB, int memtableMiB, int log, int flush, int compaction) {
    long blocks = zoneMiB * 256L;
    Geometry geometry = new Geometry(zones, blocks, blocks, 4096, 1 << 20, 9, 9);
    ZoneReserve reserve = ZoneReserve.standard(geometry, (long) memtableMiB << 20);
    assertThat(reserve).isEqualTo(new ZoneReserve(log, flush, compaction));
    assertThat(reserve.total()).isEqualTo(log + flush + compaction);
    assertThat(reserve.keptFrom(Purpose.LOG, true)).isEqualTo(1 + compaction);
    assertThat(reserve.keptFrom(Purpose.FLUSH, true)).isEqualTo(compaction);
    assertThat(reserve.keptFrom(Purpose.RECOVERY, false)).isZero();
  }

  @Test
  void aZoneIsKeptForTheLogWhileItHoldsNoneAndOneForRewrites() {
    ZoneReserve reserve = new ZoneReserve(1, 1, 3);
    assertThat(reserve.keptFrom(Purpose.LOG, false)).isZero();
    assertThat(reserve.keptFrom(Purpose.REWRITE, false)).as("of the log").isEqualTo(1);
    assertThat(reserve.keptFrom(Purpose.REWRITE, true)).isZero();
    assertThat(reserve.keptFrom(Purpose.COMPACTION, false)).as("of both").isEqualTo(2);
    assertThat(reserve.keptFrom(Purpose.COMPACTION, true)).isEqualTo(1);
  }

  @Test
  void aPurposeWithoutAZoneIsRefused() {
    assertThatThrownBy(() -> new ZoneReserve(0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
