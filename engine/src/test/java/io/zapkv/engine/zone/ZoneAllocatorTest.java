package io.zapkv.engine.zone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.api.CorruptionException;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.api.UnsupportedException;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import io.zapkv.zns.fault.FaultyDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZoneAllocatorTest {
  private static final ZoneReserve RESERVE = new ZoneReserve(1, 2, 2);
  private static final int BLOCKS = 16; // 64 KiB in blocks of 4 KiB

  private final List<AutoCloseable> open = new ArrayList<>();
  private ZonedDevice device;
  private ZoneLedger ledger;
  private ZoneAllocator allocator;
  private final AtomicInteger quiescences = new AtomicInteger();

  private void begin(String parameters) {
    begin(ZonedDevices.open("mem:?capacity=64KiB&append=16KiB&" + parameters));
  }

  private void begin(ZonedDevice on) {
    device = on;
    open.add(device);
    reopen(new int[device.geometry().zones()]);
  }

  private void reopen(int[] generations, Extent... live) {
    ledger = new ZoneLedger(generations);
    ledger.restore(List.of(live));
    allocator = new ZoneAllocator(device, ledger, RESERVE, quiescences::incrementAndGet);
    open.add(allocator);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  /// Appends `blocks` blocks under a lease, as a stream would.
  private static ZoneFailure append(ZonedDevice device, ZoneLease lease, int blocks) {
    assertThat(lease.reserve(blocks)).isTrue();
    ZoneFailure[] failure = new ZoneFailure[1];
    try (Arena arena = Arena.ofShared();
        ZoneQueue queue = device.openQueue(1)) {
      MemorySegment data = arena.allocate(blocks * 4096L, 4096);
      queue.append(lease.zone(), data, 0, 0);
      queue.await(
          new ZoneHandler() {
            @Override
            public void onDone(long token, int bytes, long address) {
              assertThat(lease.landed(ZoneAddress.block(address), blocks)).isTrue();
              lease.count(blocks, true);
            }

            @Override
            public void onFailed(long token, ZoneFailure reason) {
              lease.failed(blocks, reason);
              failure[0] = reason;
            }
          },
          1);
    }
    return failure[0];
  }

  private void fill(Lifetime lifetime) {
    try (ZoneLease lease = allocator.lease(lifetime, BLOCKS, Purpose.RECOVERY)) {
      for (int i = 0; i < 4; i++) {
        append(device, lease, 4);
      }
    }
  }

  private ZoneUse use(int zone) {
    return allocator.standings().get(zone).use();
  }

  @ParameterizedTest
  @CsvSource({
    "zones=8, 9 zones",
    "zones=16&open=3, 4 open zones",
    "zones=16&active=3&open=3, 4 open zones",
    "zones=16&append=2KiB&block=512, 4096 bytes in one append",
    "zones=16&capacity=32KiB&append=16KiB, 65536 bytes in a zone"
  })
  void aDeviceThatIsTooSmallIsRefusedByTheNumber(String parameters, String number) {
    String rest = parameters.contains("capacity") ? "" : "&capacity=64KiB";
    rest += parameters.contains("append") ? "" : "&append=16KiB";
    device = ZonedDevices.open("mem:?" + parameters + rest);
    open.add(device);
    assertThatThrownBy(() -> reopen(new int[device.geometry().zones()]))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining(number);
  }

  @Test
  void eachPurposeLeavesTheZonesKeptForTheOthers() {
    begin("zones=12"); // ten for us
    assertThat(allocator.spareZones()).isEqualTo(5);
    for (int i = 0; i < 7; i++) {
      fillFor(Purpose.LOG);
    }
    assertThat(allocator.emptyZones()).isEqualTo(3);
    assertThat(allocator.spareZones()).isEqualTo(-2);
    assertThatThrownBy(() -> fillFor(Purpose.LOG))
        .isInstanceOf(OutOfSpaceException.class)
        .hasMessageContaining("3 kept from LOG");
    fillFor(Purpose.FLUSH);
    assertThatThrownBy(() -> fillFor(Purpose.FLUSH)).isInstanceOf(OutOfSpaceException.class);
    assertThat(allocator.freeBlocks(Purpose.COMPACTION)).isEqualTo(BLOCKS);
    fillFor(Purpose.COMPACTION);
    assertThat(allocator.freeBlocks(Purpose.COMPACTION)).isZero();
    assertThatThrownBy(() -> fillFor(Purpose.COMPACTION)).isInstanceOf(OutOfSpaceException.class);
    fillFor(Purpose.REWRITE);
    assertThatThrownBy(() -> fillFor(Purpose.REWRITE)).isInstanceOf(OutOfSpaceException.class);
    assertThat(allocator.freeBlocks()).isZero();
  }

  @Test
  void aLogWithoutAnyZoneFindsOneThatNothingElseMayTake() {
    begin("zones=12"); // ten for us
    for (int i = 0; i < 8; i++) {
      fillFor(Purpose.COMPACTION);
    }
    assertThatThrownBy(() -> fillFor(Purpose.COMPACTION)).isInstanceOf(OutOfSpaceException.class);
    fillFor(Purpose.REWRITE);
    assertThatThrownBy(() -> fillFor(Purpose.REWRITE)).isInstanceOf(OutOfSpaceException.class);
    fillFor(Purpose.LOG);
    assertThat(allocator.emptyZones()).isZero();
  }

  @Test
  void aRewriteFindsAZoneWhenTheLogHasTakenItsOwn() {
    begin("zones=12"); // ten for us
    for (int i = 0; i < 8; i++) {
      fillFor(Purpose.COMPACTION);
    }
    fillFor(Purpose.LOG);
    assertThatThrownBy(() -> fillFor(Purpose.LOG)).isInstanceOf(OutOfSpaceException.class);
    assertThatThrownBy(() -> fillFor(Purpose.COMPACTION)).isInstanceOf(OutOfSpaceException.class);
    fillFor(Purpose.REWRITE);
    assertThat(allocator.emptyZones()).isZero();
  }

  @Test
  void recoveryMayTakeTheLastZone() {
    begin("zones=12"); // ten for us
    for (int i = 0; i < 10; i++) {
      fillFor(Purpose.RECOVERY);
    }
    assertThat(allocator.emptyZones()).isZero();
  }

  @Test
  void whatLittleIsLeftOfAZoneIsUsedUnlessZonesAreShort() {
    begin("zones=12"); // ten for us, five of them kept
    int first = crumb();
    try (ZoneLease lease = allocator.lease(Lifetime.SHARED, 1, Purpose.COMPACTION)) {
      assertThat(lease.zone()).isEqualTo(first);
    }
    for (int i = 0; i < 4; i++) {
      fillFor(Purpose.COMPACTION);
    }
    try (ZoneLease lease = allocator.lease(Lifetime.SHARED, 1, Purpose.COMPACTION)) {
      assertThat(lease.zone()).isNotEqualTo(first);
    }
  }

  /// Begins a shared zone and leaves one block of it.
  private int crumb() {
    try (ZoneLease lease = allocator.lease(Lifetime.SHARED, 1, Purpose.COMPACTION)) {
      for (int blocks : new int[] {4, 4, 4, 3}) {
        append(device, lease, blocks);
      }
      return lease.zone();
    }
  }

  @Test
  void tablesOfDifferentLevelsGoToDifferentZonesAsLongAsThereAreSlots() {
    begin("zones=12&active=12&open=12");
    int level0 = beginZone(Lifetime.LEVEL0);
    int last = beginZone(Lifetime.SHARED);
    assertThat(last).isNotEqualTo(level0);
    assertThat(beginZone(Lifetime.LEVEL0)).isEqualTo(level0);
    assertThat(beginZone(Lifetime.SHARED)).isEqualTo(last);
  }

  @Test
  void tablesOfDifferentLevelsShareAZoneWhereSlotsAreFew() {
    begin("zones=12&active=5&open=5");
    int level0 = beginZone(Lifetime.LEVEL0);
    assertThat(beginZone(Lifetime.SHARED)).isEqualTo(level0);
  }

  private int beginZone(Lifetime lifetime) {
    try (ZoneLease lease = allocator.lease(lifetime, 2, Purpose.COMPACTION)) {
      append(device, lease, 2);
      return lease.zone();
    }
  }

  private void fillFor(Purpose purpose) {
    Lifetime lifetime = purpose == Purpose.LOG ? Lifetime.LOG : Lifetime.ZONE;
    try (ZoneLease lease = allocator.lease(lifetime, BLOCKS, purpose)) {
      for (int i = 0; i < 4; i++) {
        append(device, lease, 4);
      }
    }
  }

  @Test
  void aFullStoreGetsItsZonesBackWhenTheirTablesGo() {
    begin("zones=12");
    for (int i = 0; i < 10; i++) {
      fill(Lifetime.ZONE);
    }
    assertThat(allocator.retire()).isEmpty();
    ledger.drop(List.of(new Extent(5, 0, 4), new Extent(5, 0, 4)));
    ledger.drop(List.of(new Extent(5, 0, 4)));
    assertThat(allocator.retire()).isEmpty();
    ledger.drop(List.of(new Extent(5, 0, 4)));
    assertThat(allocator.hasWork()).isTrue();
    assertThat(allocator.retire()).containsExactly(5);
    assertThat(allocator.reclaim()).isZero(); // the edit is not durable
    assertThat(device.report(5).state()).isEqualTo(ZoneState.FULL);
    allocator.released(new int[] {5});
    assertThat(allocator.reclaim()).isEqualTo(1);
    assertThat(quiescences).hasValue(1);
    assertThat(device.report(5).state()).isEqualTo(ZoneState.EMPTY);
    try (ZoneLease lease = allocator.lease(Lifetime.ZONE, BLOCKS, Purpose.RECOVERY)) {
      assertThat(lease.zone()).isEqualTo(5);
      assertThat(lease.generation()).isEqualTo(1);
      assertThat(lease.remainingBlocks()).isEqualTo(BLOCKS);
    }
  }

  @Test
  void aLeaseEmptiesAReleasedZoneItselfWhereThereIsNoOther() {
    begin("zones=12");
    for (int i = 0; i < 10; i++) {
      fill(Lifetime.ZONE);
    }
    for (int i = 0; i < 4; i++) {
      ledger.drop(List.of(new Extent(7, 0, 4)));
    }
    allocator.released(allocator.retire());
    try (ZoneLease lease = allocator.lease(Lifetime.SHARED, 1, Purpose.RECOVERY)) {
      assertThat(lease.zone()).isEqualTo(7);
    }
  }

  @Test
  void nobodyWaitsForAZoneWhoseResetWasCutShortByAClose() throws InterruptedException {
    begin("zones=12");
    CountDownLatch resetting = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    allocator =
        new ZoneAllocator(
            device,
            ledger,
            RESERVE,
            () -> {
              resetting.countDown();
              awaitUninterrupted(closed);
            });
    for (int i = 0; i < 10; i++) {
      fill(Lifetime.ZONE);
    }
    for (int i = 0; i < 4; i++) {
      ledger.drop(List.of(new Extent(7, 0, 4)));
    }
    allocator.released(allocator.retire());
    AtomicInteger failures = new AtomicInteger();
    Thread reclaimer = failing(failures, allocator::reclaim);
    resetting.await();
    Thread waiter =
        failing(failures, () -> allocator.lease(Lifetime.ZONE, BLOCKS, Purpose.COMPACTION));
    while (waiter.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    allocator.close();
    closed.countDown();
    reclaimer.join(10_000);
    waiter.join(10_000);
    assertThat(waiter.isAlive()).isFalse();
    assertThat(failures).hasValue(2);
  }

  private static Thread failing(AtomicInteger failures, Runnable body) {
    return Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            body.run();
          } catch (RuntimeException e) {
            failures.incrementAndGet();
          }
        });
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aSharedZoneIsHandedOutAgainUntilNothingFits() {
    begin("zones=16");
    int zone;
    try (ZoneLease lease = allocator.lease(Lifetime.SHARED, 4, Purpose.FLUSH)) {
      zone = lease.zone();
      append(device, lease, 4);
    }
    assertThat(use(zone)).isEqualTo(ZoneUse.PARTIAL);
    for (int i = 0; i < 2; i++) {
      try (ZoneLease lease = allocator.lease(Lifetime.SHARED, 4, Purpose.FLUSH)) {
        assertThat(lease.zone()).isEqualTo(zone);
        append(device, lease, 4);
      }
    }
    try (ZoneLease lease = allocator.lease(Lifetime.SHARED, 5, Purpose.FLUSH)) {
      assertThat(lease.zone()).isNotEqualTo(zone);
    }
    try (ZoneLease lease = allocator.lease(Lifetime.SHARED, 4, Purpose.FLUSH)) {
      assertThat(lease.zone()).isEqualTo(zone);
      append(device, lease, 4);
    }
    assertThat(use(zone)).isEqualTo(ZoneUse.SEALED);
    assertThat(device.report(zone).state()).isEqualTo(ZoneState.FULL);
  }

  @Test
  void theLogAndWholeZoneTablesBeginEmptyZones() {
    begin("zones=16");
    int shared;
    try (ZoneLease lease = allocator.lease(Lifetime.SHARED, 4, Purpose.FLUSH)) {
      shared = lease.zone();
      append(device, lease, 4);
    }
    for (Lifetime lifetime : List.of(Lifetime.LOG, Lifetime.ZONE, Lifetime.LOG)) {
      try (ZoneLease lease = allocator.lease(lifetime, 4, Purpose.FLUSH)) {
        assertThat(lease.zone()).isNotEqualTo(shared);
        assertThat(lease.remainingBlocks()).isEqualTo(BLOCKS);
        append(device, lease, 4);
      }
    }
  }

  @Test
  void aLeaseThatWasNotUsedLeavesTheZoneEmpty() {
    begin("zones=16");
    int empty = allocator.emptyZones();
    ZoneLease lease = allocator.lease(Lifetime.LOG, 4, Purpose.LOG);
    assertThat(allocator.emptyZones()).isEqualTo(empty - 1);
    lease.close();
    lease.close();
    assertThat(allocator.emptyZones()).isEqualTo(empty);
    assertThat(allocator.slotsUsed()).isEqualTo(2);
  }

  @Test
  void zonesThatWereWrittenBeforeAreTakenFirst() {
    begin("zones=16");
    int zone;
    try (ZoneLease lease = allocator.lease(Lifetime.LOG, 4, Purpose.LOG)) {
      zone = lease.zone();
      append(device, lease, 4);
    }
    ledger.drop(List.of(new Extent(zone, 0, 4)));
    allocator.released(allocator.retire());
    allocator.reclaim();
    try (ZoneLease lease = allocator.lease(Lifetime.LOG, 4, Purpose.LOG)) {
      assertThat(lease.zone()).isEqualTo(zone);
    }
    reopen(new int[16]);
    try (ZoneLease lease = allocator.lease(Lifetime.LOG, 4, Purpose.LOG)) {
      assertThat(lease.zone()).isEqualTo(zone);
    }
  }

  @Test
  void afterReopeningTablesGoOnInTheirZoneAndTheLogDoesNot() {
    begin("zones=16");
    int log;
    int table;
    try (ZoneLease a = allocator.lease(Lifetime.LOG, 4, Purpose.LOG);
        ZoneLease b = allocator.lease(Lifetime.SHARED, 4, Purpose.FLUSH)) {
      log = a.zone();
      table = b.zone();
      append(device, a, 4);
      append(device, b, 4);
    }
    reopen(new int[16], new Extent(table, 0, 4));
    assertThat(allocator.leftovers()).containsExactly(log);
    assertThat(allocator.retire()).isEmpty(); // it may have to be replayed
    try (ZoneLease lease = allocator.lease(Lifetime.SHARED, 4, Purpose.FLUSH)) {
      assertThat(lease.zone()).isEqualTo(table);
      assertThat(lease.remainingBlocks()).isEqualTo(BLOCKS - 4);
      append(device, lease, 4);
    }
    allocator.leftoversDone();
    assertThat(allocator.retire()).containsExactly(log);
  }

  @Test
  void aZoneWithLessThanItsTablesIsCorruption() {
    begin("zones=16");
    assertThatThrownBy(() -> reopen(new int[16], new Extent(3, 0, 4)))
        .isInstanceOf(CorruptionException.class)
        .hasMessageContaining("zone 3");
  }

  @ParameterizedTest
  @EnumSource(
      value = ZoneFailure.class,
      names = {"MEDIA_WRITE", "READ_ONLY", "OFFLINE", "FULL", "BOUNDARY", "TRANSPORT"})
  void aZoneThatFailedIsNotHandedOutAgain(ZoneFailure failure) {
    begin("zones=16");
    int zone;
    try (ZoneLease lease = allocator.lease(Lifetime.SHARED, 4, Purpose.FLUSH)) {
      zone = lease.zone();
      append(device, lease, 4);
      assertThat(lease.reserve(4)).isTrue();
      lease.failed(4, failure);
      assertThat(lease.remainingBlocks()).isZero();
      assertThat(lease.reserve(1)).isFalse();
    }
    assertThat(use(zone)).isEqualTo(ZoneUse.SEALED);
    for (int i = 0; i < 5; i++) {
      try (ZoneLease lease = allocator.lease(Lifetime.SHARED, 1, Purpose.FLUSH)) {
        assertThat(lease.zone()).isNotEqualTo(zone);
      }
    }
    ledger.drop(List.of(new Extent(zone, 0, 4)));
    int[] retired = allocator.retire();
    boolean gone = failure == ZoneFailure.READ_ONLY || failure == ZoneFailure.OFFLINE;
    assertThat(retired.length).isEqualTo(gone ? 0 : 1);
    assertThat(use(zone)).isEqualTo(gone ? ZoneUse.DEAD : ZoneUse.RETIRING);
  }

  @Test
  void aSuspectZoneIsFinishedInTheBackgroundAndGivesItsSlotBack() {
    begin("zones=16&open=6&active=6");
    int zone;
    try (ZoneLease lease = allocator.lease(Lifetime.SHARED, 4, Purpose.FLUSH)) {
      zone = lease.zone();
      append(device, lease, 4);
      assertThat(lease.reserve(4)).isTrue();
      lease.failed(4, ZoneFailure.MEDIA_WRITE);
    }
    assertThat(allocator.slotsUsed()).isEqualTo(3);
    allocator.reclaim();
    assertThat(device.report(zone).state()).isEqualTo(ZoneState.FULL);
    assertThat(allocator.slotsUsed()).isEqualTo(2);
    assertThat(use(zone)).isEqualTo(ZoneUse.SEALED);
  }

  @Test
  void aZoneThatCannotBeResetIsLostAndTheStoreIsNot() {
    begin(
        new FaultyDevice(
            ZonedDevices.open("mem:?capacity=64KiB&append=16KiB&zones=16"),
            "reset zone=2 fail READ_ONLY"));
    int zone;
    try (ZoneLease lease = allocator.lease(Lifetime.LOG, 4, Purpose.LOG)) {
      zone = lease.zone();
      append(device, lease, 4);
    }
    assertThat(zone).isEqualTo(2);
    ledger.drop(List.of(new Extent(zone, 0, 4)));
    allocator.released(allocator.retire());
    assertThat(allocator.reclaim()).isZero();
    assertThat(use(zone)).isEqualTo(ZoneUse.DEAD);
    assertThat(allocator.slotsUsed()).as("those of the metadata").isEqualTo(2);
    allocator.lease(Lifetime.LOG, 4, Purpose.LOG).close();
  }

  @Test
  void whoFindsNoSlotWaitsForOne() throws InterruptedException {
    begin("zones=16&open=4&active=4");
    ZoneLease first = allocator.lease(Lifetime.ZONE, 4, Purpose.COMPACTION);
    append(device, first, 4);
    CountDownLatch got = new CountDownLatch(1);
    Thread waiter =
        Thread.ofPlatform()
            .start(() -> {
              allocator.lease(Lifetime.ZONE, 4, Purpose.COMPACTION).close();
              got.countDown();
            });
    while (waiter.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertThat(got.getCount()).isEqualTo(1);
    allocator.lease(Lifetime.LOG, 4, Purpose.LOG).close(); // the log has a slot of its own
    for (int i = 0; i < 3; i++) {
      append(device, first, 4);
    }
    got.await(); // the zone is full, though the lease is still held
    first.close();
    waiter.join();
  }

  @Test
  void aLeaseClosedInFlightEndsWithItsLastAppend() {
    begin("zones=16");
    ZoneLease lease = allocator.lease(Lifetime.ZONE, 4, Purpose.COMPACTION);
    assertThat(lease.reserve(4)).isTrue();
    lease.close();
    assertThat(use(lease.zone())).isEqualTo(ZoneUse.LEASED);
    assertThat(lease.landed(0, 4)).isTrue();
    assertThat(use(lease.zone())).isEqualTo(ZoneUse.PARTIAL);
  }

  @Test
  void answersThatCannotBeAreNoticed() {
    begin("zones=16");
    ZoneLease lease = allocator.lease(Lifetime.ZONE, 4, Purpose.COMPACTION);
    assertThat(lease.reserve(12)).isTrue();
    assertThat(lease.landed(4, 4)).isTrue();
    assertThat(lease.landed(7, 1)).isFalse();
    assertThat(lease.landed(3, 2)).isFalse();
    assertThat(lease.landed(15, 2)).isFalse();
    assertThat(lease.landed(-1, 1)).isFalse();
    assertThat(lease.landed(ZoneAddress.block(ZoneAddress.NONE), 1)).isFalse();
    assertThat(lease.landed(8, 1)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 14})
  void theDevicesLimitsAreNeverExceeded(int slots) throws InterruptedException {
    long seed = 42 + slots;
    begin("zones=24&open=" + slots + "&active=" + slots + "&reorder=3");
    List<Throwable> failures = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      SplittableRandom random = new SplittableRandom(seed + t);
      Lifetime log = t == 0 ? Lifetime.LOG : null;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  for (int i = 0; i < 60; i++) {
                    leaseAndWrite(random, log);
                  }
                } catch (Throwable e) {
                  synchronized (failures) {
                    failures.add(e);
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).as("seed %d", seed).isEmpty();
    int active = 0;
    for (ZoneReport report : device.report()) {
      active += report.state().isActive() ? 1 : 0;
    }
    assertThat(allocator.slotsUsed() - 2).isEqualTo(active); // nobody has written metadata here
  }

  private void leaseAndWrite(SplittableRandom random, Lifetime log) {
    Lifetime table = random.nextBoolean() ? Lifetime.ZONE : Lifetime.SHARED;
    Lifetime lifetime = log != null ? log : table;
    try (ZoneLease lease = allocator.lease(lifetime, 2, Purpose.COMPACTION)) {
      int chunks = random.nextInt(1, 9);
      for (int i = 0; i < chunks; i++) {
        if (!tryAppend(lease)) {
          break;
        }
      }
      assertThat(allocator.slotsUsed()).isLessThanOrEqualTo(device.geometry().activeZonesMax());
    } catch (OutOfSpaceException e) {
      recycle();
    }
  }

  private boolean tryAppend(ZoneLease lease) {
    if (!lease.reserve(2)) {
      return false;
    }
    ZoneFailure[] failure = new ZoneFailure[1];
    try (Arena arena = Arena.ofShared();
        ZoneQueue queue = device.openQueue(1)) {
      MemorySegment data = arena.allocate(2 * 4096L, 4096);
      queue.append(lease.zone(), data, 0, 0);
      queue.await(
          new ZoneHandler() {
            @Override
            public void onDone(long token, int bytes, long address) {
              assertThat(lease.landed(ZoneAddress.block(address), 2)).isTrue();
            }

            @Override
            public void onFailed(long token, ZoneFailure reason) {
              lease.failed(2, reason);
              failure[0] = reason;
            }
          },
          1);
    }
    assertThat(failure[0]).isNull();
    return true;
  }

  private void recycle() {
    allocator.released(allocator.retire());
    allocator.reclaim();
  }

  @Test
  void whereSlotsAreShortAZoneOfWhichNothingUsefulIsLeftIsFinished() {
    int zone = fillAllButOneBlock("&open=6&active=6");
    allocator.reclaim();
    assertThat(use(zone)).isEqualTo(ZoneUse.SEALED);
    assertThat(device.report(zone).state()).isEqualTo(ZoneState.FULL);
  }

  @Test
  void whereSlotsAreLeftNothingIsFinished() {
    int zone = fillAllButOneBlock("&open=7&active=7");
    allocator.reclaim();
    assertThat(use(zone)).isEqualTo(ZoneUse.PARTIAL);
    assertThat(device.report(zone).state()).isEqualTo(ZoneState.IMPLICITLY_OPEN);
  }

  private int fillAllButOneBlock(String limits) {
    begin(ZonedDevices.open("mem:?capacity=1MiB&append=256KiB&zones=16" + limits));
    int zone;
    try (ZoneLease lease = allocator.lease(Lifetime.SHARED, 4, Purpose.FLUSH)) {
      zone = lease.zone();
      for (int i = 0; i < 5; i++) {
        append(device, lease, 51);
      }
      assertThat(lease.remainingBlocks()).isEqualTo(1);
    }
    assertThat(use(zone)).isEqualTo(ZoneUse.PARTIAL);
    return zone;
  }

  @Test
  void leftoversGiveTheirSlotsUpToTheNextLease() {
    begin("zones=16&open=4&active=4");
    try (ZoneControl control = new ZoneControl(device)) {
      for (int zone = 5; zone < 9; zone++) {
        assertThat(control.run(ZoneAction.OPEN, zone)).isNull();
      }
    }
    reopen(new int[16]);
    allocator.lease(Lifetime.SHARED, 4, Purpose.FLUSH).close();
    assertThat(allocator.leftovers()).containsExactly(5, 6, 7, 8);
  }
}
