package io.zapkv.zns.nvme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.ring.Errno;
import io.zapkv.ring.RingException;
import io.zapkv.zns.DeviceFormatException;
import io.zapkv.zns.DeviceIoException;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.GeometryException;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneGroup;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneRange;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZonedDevice;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a device may do to its users, and what becomes of it.
class NvmeFaultsTest {
  private static final int BLOCK = 4096;
  private static final int CAPACITY = 24;

  private final Arena arena = Arena.ofShared();
  private final SimNvme sim = new SimNvme(new Geometry(8, 32, CAPACITY, BLOCK, 16 << 10, 3, 4));
  private final List<String> told = new ArrayList<>();
  private final ZoneHandler handler =
      new ZoneHandler() {
        @Override
        public void onDone(long token, int bytes, long address) {
          told.add(token + " " + ZoneAddress.print(address));
        }

        @Override
        public void onFailed(long token, ZoneFailure failure) {
          told.add(token + " " + failure);
        }
      };

  private ZonedDevice device;
  private ZoneQueue queue;

  private void open() {
    device = sim.open(null, 1);
    queue = device.openQueue(16);
    sim.takeLog();
  }

  @AfterEach
  void close() {
    if (device != null) {
      device.close();
      assertThat(sim.isClosed).isTrue();
    }
    arena.close();
  }

  private MemorySegment blocks(int count, int pattern) {
    MemorySegment data = arena.allocate((long) count * BLOCK, BLOCK);
    data.fill((byte) pattern);
    return data;
  }

  /// Waits for all, and takes what was told.
  private List<String> drain() {
    while (queue.outstanding() > 0) {
      queue.await(handler, 16);
    }
    List<String> taken = List.copyOf(told);
    told.clear();
    return taken;
  }

  private List<String> append(int zone, int count) {
    queue.append(zone, blocks(count, zone + 1), 0, 1);
    return drain();
  }

  // --- D7: statuses and errnos

  static List<String> results() throws Exception {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    NvmeFaultsTest.class.getResourceAsStream("testdata/results.txt")),
                StandardCharsets.UTF_8))) {
      return reader.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
    }
  }

  private static int number(String text) throws Exception {
    return text.startsWith("0x")
        ? Integer.decode(text)
        : -(int) Errno.class.getField(text).get(null);
  }

  @ParameterizedTest
  @MethodSource("results")
  void d7_everyResultIsAFailureWithAdvice(String line) throws Exception {
    String[] columns = line.split("\\s*\\|\\s*");
    int result = number(columns[0]);
    ZoneFailure failure = ZoneFailure.valueOf(columns[1]);
    open();
    for (int times = 0; times < 17; times++) {
      sim.failNextAfterEffect(SimNvme.APPEND, result);
      if (result >= 0 || !NvmeStatus.wasNotSent(-result)) {
        break;
      }
    }
    assertThat(append(2, 1)).containsExactly("1 " + failure);
    assertThat(failure.advice()).isNotBlank();
    assertThat(NvmeStatus.print(result)).containsAnyOf("0x", "E");
    // A11: where the pointer may have moved, what is below it can be read.
    queue.read(ZoneAddress.of(2, 0), blocks(1, 0), 0, 2);
    boolean isReadable = drain().getFirst().equals("2 none");
    assertThat(isReadable).isEqualTo(columns[2].equals("yes"));
  }

  @Test
  void whatWasNotSentIsSentAgain() {
    open();
    for (int errno : new int[] {Errno.EAGAIN, Errno.ENOMEM, Errno.EBUSY}) {
      sim.failNext(SimNvme.APPEND, -errno);
    }
    assertThat(append(2, 1)).containsExactly("1 2:0");
    assertThat(sim.pointer(2)).isOne();
  }

  @Test
  void d10_whatWasTakenBackIsNeverSentAgain() {
    open();
    sim.failNextAfterEffect(SimNvme.APPEND, -Errno.EINTR);
    assertThat(append(2, 1)).containsExactly("1 TRANSPORT");
    assertThat(sim.takeLog()).containsExactly("7d");
  }

  @Test
  void d9_aWriteFaultLeavesAHoleAndTheNextAppendLandsBehindIt() {
    open();
    sim.failNextAfterEffect(SimNvme.APPEND, 0x4280);
    assertThat(append(1, 2)).containsExactly("1 MEDIA_WRITE");
    assertThat(append(1, 1)).containsExactly("1 1:2");
  }

  // --- A12: a device that lies

  @Test
  void a12_anAddressOutsideOfTheZoneIsCaught() {
    open();
    sim.lieNext(SimNvme.APPEND, lba -> lba + 32);
    assertThat(append(1, 2)).containsExactly("1 PROTOCOL");
    assertThatItTakesNoMoreChanges();
  }

  @Test
  void a12_anAddressBeyondTheCapacityIsCaught() {
    open();
    sim.lieNext(SimNvme.APPEND, lba -> lba + CAPACITY - 1);
    assertThat(append(1, 2)).containsExactly("1 PROTOCOL");
    sim.lieNext(SimNvme.APPEND, _ -> -1L);
    assertThatItTakesNoMoreChanges();
  }

  @Test
  void a12_anAddressThatHoldsOtherDataIsCaught() {
    open();
    assertThat(append(1, 2)).containsExactly("1 1:0");
    sim.lieNext(SimNvme.APPEND, lba -> lba - 1);
    assertThat(append(1, 2)).containsExactly("1 PROTOCOL");
    assertThatItTakesNoMoreChanges();
  }

  @Test
  void a12_whatWasInTheZoneBeforeCountsToo() {
    sim.set(1, ZoneState.CLOSED, 7);
    open();
    sim.lieNext(SimNvme.APPEND, lba -> lba - 7);
    assertThat(append(1, 1)).containsExactly("1 PROTOCOL");
  }

  @Test
  void f15_anAppendThatWasNeverSentIsCaughtByTheReport() {
    open();
    sim.loseNext(SimNvme.APPEND);
    assertThat(append(1, 2)).containsExactly("1 1:0"); // it looks right
    device.report(1);
    assertThatItTakesNoMoreChanges();
  }

  @Test
  void f15_anAppendThatWasNeverSentIsCaughtByTheNextOne() {
    open();
    sim.loseNext(SimNvme.APPEND);
    append(1, 2);
    assertThat(append(1, 1)).containsExactly("1 PROTOCOL");
  }

  @Test
  void a12_aResetMakesItsPlaceFreeAgain() {
    open();
    append(1, 4);
    queue.manage(ZoneAction.RESET, 1, 0, 2);
    drain();
    assertThat(append(1, 4)).containsExactly("1 1:0");
  }

  private void assertThatItTakesNoMoreChanges() {
    sim.takeLog();
    queue.append(5, blocks(1, 1), 0, 1);
    queue.manage(ZoneAction.RESET, 6, 0, 2);
    queue.append(ZoneGroup.of(3), blocks(1, 1), 0, 3);
    queue.write(ZoneAddress.of(3, 0), blocks(1, 1), 0, 4);
    assertThat(drain())
        .containsExactlyInAnyOrder("1 PROTOCOL", "2 PROTOCOL", "3 PROTOCOL", "4 PROTOCOL");
    assertThat(sim.takeLog()).isEmpty();
    queue.sync(ZoneQueue.ALL_ZONES, 0, 5);
    assertThat(drain()).containsExactly("5 none");
  }

  // --- sick zones

  @Test
  void f8_anOfflineZoneSaysSo() {
    sim.set(4, ZoneState.OFFLINE, 0);
    open();
    queue.read(ZoneAddress.of(4, 3), blocks(1, 0), 0, 1);
    assertThat(drain()).containsExactly("1 OFFLINE");
    assertThat(append(4, 1)).containsExactly("1 OFFLINE");
    ZoneReport report = device.report(4);
    assertThat(report.state()).isEqualTo(ZoneState.OFFLINE);
    assertThat(report.writePointerBlocks()).isEqualTo(-1);
  }

  @Test
  void f7_aReadOnlyZoneIsReadAndNotWritten() {
    sim.set(4, ZoneState.READ_ONLY, 3);
    open();
    queue.read(ZoneAddress.of(4, 2), blocks(1, 0), 0, 1);
    assertThat(drain()).containsExactly("1 none");
    assertThat(append(4, 1)).containsExactly("1 READ_ONLY");
    queue.manage(ZoneAction.RESET, 4, 0, 1);
    assertThat(drain()).containsExactly("1 INVALID_TRANSITION");
  }

  @Test
  void f11_aZoneThatFillsByItselfSendsAGroupElsewhere() {
    open();
    queue.append(ZoneGroup.of(0, 1), blocks(1, 1), 0, 1);
    String first = drain().getFirst();
    int zone = first.equals("1 0:0") ? 0 : 1;
    sim.set(zone, ZoneState.FULL, 1);
    queue.append(ZoneGroup.of(0, 1), blocks(1, 1), 0, 1);
    assertThat(drain()).containsExactly("1 " + (1 - zone) + ":0");
    assertThat(device.report(zone).state()).isEqualTo(ZoneState.FULL);
  }

  // --- syncs

  @Test
  void d21_anAppendWithASyncChainedGoesAsOneCommand() {
    open();
    queue.sync(1, 0, 0); // what others wrote before
    drain();
    assertThat(sim.takeLog()).containsExactly("0");
    queue.append(1, blocks(1, 1), ZoneQueue.LINK, 1);
    queue.sync(1, 0, 2);
    assertThat(drain()).containsExactly("1 1:0", "2 none");
    assertThat(sim.takeLog()).containsExactly("7d+");
    append(1, 1); // from here on there is more to sync than one append
    queue.append(1, blocks(1, 1), ZoneQueue.LINK, 1);
    queue.sync(1, 0, 2);
    drain();
    assertThat(sim.takeLog()).containsExactly("7d", "7d", "0");
    queue.append(1, blocks(1, 1), ZoneQueue.LINK, 1);
    queue.sync(1, 0, 2);
    drain();
    assertThat(sim.takeLog()).containsExactly("7d+");
  }

  @Test
  void d21_aFailedFlushIsToldAndCoversNothing() {
    open();
    append(1, 1);
    sim.failNext(SimNvme.FLUSH, 0x280);
    queue.sync(1, 0, 1);
    assertThat(drain()).containsExactly("1 MEDIA_WRITE");
    queue.append(1, blocks(1, 1), ZoneQueue.LINK, 1);
    queue.sync(1, 0, 2);
    drain();
    assertThat(sim.takeLog()).containsExactly("7d", "0", "7d", "0");
  }

  @Test
  void withoutAWriteCacheASyncNeedsNoCommand() {
    sim.hasWriteCache = false;
    open();
    append(1, 1);
    queue.sync(ZoneQueue.ALL_ZONES, 0, 1);
    assertThat(drain()).containsExactly("1 none");
    assertThat(sim.takeLog()).containsExactly("7d");
  }

  // --- copies

  @Test
  void s5_theDeviceCopiesByItselfWhereItCan() {
    open();
    append(0, 4);
    sim.takeLog();
    queue.copy(List.of(new ZoneRange(ZoneAddress.of(0, 1), 2 * BLOCK)), 3, 0, 1);
    assertThat(drain()).containsExactly("1 3:0");
    assertThat(sim.takeLog()).containsExactly("19");
    assertHolds(3, 1, 1);
  }

  @Test
  void s5_aCopyThatTheDeviceRefusesIsReadAndAppended() {
    open();
    append(0, 4);
    for (int status : new int[] {0x41BC, 0x4183, 0x4002, 0x4001}) {
      sim.takeLog();
      sim.failNext(SimNvme.COPY, status);
      queue.copy(List.of(new ZoneRange(ZoneAddress.of(0, 1), 2 * BLOCK)), 3, 0, 1);
      assertThat(drain().getFirst()).startsWith("1 3:");
      assertThat(sim.takeLog()).containsExactly("19", "2", "7d");
    }
    assertHolds(3, 7, 1);
  }

  @Test
  void s5_aCopyWithWritesOnTheirWayIsReadAndAppended() {
    open();
    append(0, 4);
    sim.takeLog();
    queue.append(3, blocks(1, 9), 0, 1);
    queue.copy(List.of(new ZoneRange(ZoneAddress.of(0, 1), 2 * BLOCK)), 3, 0, 2);
    assertThat(drain()).hasSize(2);
    assertThat(sim.takeLog()).containsExactlyInAnyOrder("7d", "2", "7d");
  }

  private void assertHolds(int zone, int block, int pattern) {
    MemorySegment read = blocks(1, 0);
    queue.read(ZoneAddress.of(zone, block), read, 0, 99);
    assertThat(drain()).containsExactly("99 none");
    assertThat(read.get(ValueLayout.JAVA_BYTE, 4095)).isEqualTo((byte) pattern);
  }

  // --- pieces

  @Test
  void a9_aWriteInPiecesThatCannotEndDoesNotBegin() {
    sim.transferExponent = 2;
    open();
    append(0, 4);
    sim.takeLog();
    queue.write(ZoneAddress.of(0, 4), blocks(21, 1), 0, 1);
    assertThat(drain()).containsExactly("1 BOUNDARY");
    assertThat(sim.takeLog()).isEmpty();
    queue.write(ZoneAddress.of(0, 4), blocks(20, 7), 0, 1);
    assertThat(drain()).containsExactly("1 none");
    assertThat(sim.takeLog()).containsExactly("1", "1", "1", "1", "1");
    MemorySegment read = blocks(20, 0);
    queue.read(ZoneAddress.of(0, 4), read, 0, 1);
    assertThat(drain()).containsExactly("1 none");
    assertThat(read.mismatch(blocks(20, 7))).isEqualTo(-1);
  }

  @Test
  void aPieceThatFailsEndsTheWrite() {
    sim.transferExponent = 2;
    open();
    sim.failNext(SimNvme.READ, 0x4281);
    queue.write(ZoneAddress.of(0, 0), blocks(8, 1), 0, 1);
    drain();
    queue.read(ZoneAddress.of(0, 0), blocks(8, 1), 0, 1);
    assertThat(drain()).containsExactly("1 MEDIA_READ");
  }

  @Test
  void aBufferThatIsGoneIsNeverHandedToTheKernel() {
    open();
    try (Arena brief = Arena.ofShared()) {
      queue.append(0, brief.allocate(BLOCK, BLOCK), 0, 1);
    }
    assertThat(drain()).containsExactly("1 TRANSPORT");
    assertThat(sim.takeLog()).isEmpty();
    assertThat(append(0, 1)).containsExactly("1 0:0");
  }

  // --- opening

  private <E extends Throwable> void assertRefuses(Class<E> type, String... messages) {
    SimNvmeRings rings = (SimNvmeRings) sim.rings(1);
    var thrown =
        assertThatThrownBy(() -> NvmeDevice.open("nvme:sim", sim, rings, null, false))
            .isInstanceOf(type);
    for (String message : messages) {
      thrown.hasMessageContaining(message);
    }
    assertThat(rings.isClosed).isTrue();
    assertThat(sim.isClosed).isTrue();
  }

  @Test
  void theSelfTestLeavesTheZoneEmptyAndCountsNothing() {
    open();
    assertThat(device.stats().ring()).contains("self-test passed on zone 7");
    assertThat(device.stats().appends()).isZero();
    assertThat(device.report(7).state()).isEqualTo(ZoneState.EMPTY);
    assertThat(device.report(7).writePointerBlocks()).isZero();
  }

  @Test
  void theSelfTestCatchesAWrongAddress() {
    sim.lieNext(SimNvme.APPEND, lba -> lba + 3);
    assertRefuses(DeviceFormatException.class, "self-test on zone 7");
  }

  @Test
  void theSelfTestCatchesTwoAddressesThatWereSwapped() {
    sim.lieNext(SimNvme.APPEND, lba -> lba + 1);
    sim.lieNext(SimNvme.APPEND, lba -> lba - 1);
    assertRefuses(DeviceFormatException.class, "there is something else");
  }

  @Test
  void theSelfTestCatchesALostAppend() {
    sim.loseNext(SimNvme.APPEND);
    assertRefuses(DeviceFormatException.class, "self-test");
  }

  @Test
  void theSelfTestCatchesALostReset() {
    sim.loseNext(SimNvme.SEND);
    assertRefuses(DeviceFormatException.class, "after a reset it reports");
  }

  /// At the probe's read, and at each command of the self-test: two appends, two reads, a reset.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void aRingThatBreaksUnderTheFirstCommandsIsAFailureOfTheDevice(int soundCommands) {
    SimNvmeRings rings = new SimNvmeRings(sim, 1);
    rings.broken = new RingException("io_uring_enter failed with EBADR", Errno.EBADR, "open again");
    rings.soundCommands = soundCommands;
    assertThatThrownBy(() -> NvmeDevice.open("nvme:sim", sim, rings, null, false))
        .isInstanceOfSatisfying(
            DeviceIoException.class,
            e -> assertThat(e.advice()).containsAnyOf("open again", "the kernel's log"))
        .hasMessageContaining(soundCommands == 0 ? "failed with EBADR" : "stopped answering");
    assertThat(sim.isClosed && rings.isClosed).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void aDeviceThatDoesNotAnswerTheFirstCommandsIsAFailure(int soundCommands) {
    SimNvmeRings rings = new SimNvmeRings(sim, 1);
    rings.isSilent = true;
    rings.soundCommands = soundCommands;
    assertThatThrownBy(() -> NvmeDevice.open("nvme:sim", sim, rings, null, false))
        .isInstanceOf(DeviceIoException.class)
        .hasMessageContaining(soundCommands == 0 ? "not answered within" : "stopped answering");
    assertThat(sim.isClosed && rings.isClosed).isTrue();
  }

  @Test
  void theSelfTestIsSkippedWhereItCannotBeDone() {
    for (int zone = 0; zone < 8; zone++) {
      sim.set(zone, ZoneState.FULL, CAPACITY);
    }
    open();
    assertThat(device.stats().ring()).contains("self-test skipped: no zone is empty");
  }

  @Test
  void theSelfTestIsSkippedWithoutASlot() {
    for (int zone = 0; zone < 4; zone++) {
      sim.set(zone, ZoneState.CLOSED, 1);
    }
    open();
    assertThat(device.stats().ring()).contains("self-test skipped: the device has no slot");
  }

  @Test
  void aReaderChangesNothing() {
    sim.set(1, ZoneState.CLOSED, 5);
    device = sim.open(null, 1, true);
    queue = device.openQueue(16);
    queue.read(ZoneAddress.of(1, 4), blocks(1, 0), 0, 1);
    assertThat(drain()).containsExactly("1 none");
    assertThat(append(1, 1)).containsExactly("1 READ_ONLY");
    assertThat(device.staging()).isNull();
    assertThat(sim.takeLog()).containsOnly("2");
  }

  @Test
  void whatIsNotForAStoreIsRefused() {
    sim.metadataBytes = 8;
    assertRefuses(GeometryException.class, "metadata is 8");
    sim.metadataBytes = 0;
    sim.protection = 2;
    assertRefuses(GeometryException.class, "protection is 2");
    sim.protection = 0;
    sim.zoc = 1;
    assertRefuses(GeometryException.class, "ZOC");
    sim.zoc = 0;
    sim.otherCapacity = 20;
    assertRefuses(GeometryException.class, "capacity is 20", "zone 3", "24 blocks");
    sim.otherCapacity = -1;
    sim.hasZones = false;
    assertRefuses(DeviceFormatException.class, "has no zones");
  }

  @Test
  void aKernelWithoutPassthroughByRingIsNamed() {
    sim.failNext(SimNvme.READ, -Errno.EOPNOTSUPP);
    assertRefuses(DeviceIoException.class, "EOPNOTSUPP", "5.19");
  }

  @Test
  void aKernelThatWantsMoreRightsIsNamed() {
    sim.failNext(SimNvme.READ, -Errno.EACCES);
    assertRefuses(DeviceIoException.class, "EACCES", "CAP_SYS_ADMIN");
    sim.failNext(SimNvme.RECEIVE, -Errno.EPERM);
    assertRefuses(DeviceIoException.class, "EPERM", "CAP_SYS_ADMIN");
  }

  @Test
  void aReportIsAskedForAgainWhereThatMayHelp() {
    open();
    sim.failNext(SimNvme.RECEIVE, -Errno.EINTR);
    assertThat(device.report(3).state()).isEqualTo(ZoneState.EMPTY);
    sim.failNext(SimNvme.RECEIVE, -Errno.ENODEV);
    assertThatThrownBy(() -> device.report(3))
        .isInstanceOf(DeviceIoException.class)
        .hasMessageContaining("ENODEV");
  }
}
