package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every zoned device promises. The names of the tests begin with the rule of the append
/// contract that they hold the device to.
abstract class ZonedDeviceContract {
  static final int BLOCK = 4096;
  static final int ZONE_BLOCKS = 24;
  static final int APPEND_BLOCKS = 4;

  private static final String ZONES = "zones=8&size=128KiB&capacity=96KiB&append=16KiB";

  /// What the device under test is to be made of.
  static final String GEOMETRY = ZONES + "&open=3&active=4";

  /// The same with as many active zones as open ones: closing a zone frees no slot there.
  static final String TIGHT_GEOMETRY = ZONES + "&open=3&active=3";

  final Arena arena = Arena.ofShared();
  ZonedDevice device;
  ZoneQueue queue;
  private long number;

  /// What a real device must be made of, as the property `zap.test.tight` says.
  static Geometry ofRealDevice() {
    String numbers = Boolean.getBoolean("zap.test.tight") ? TIGHT_GEOMETRY : GEOMETRY;
    return ZonedDevices.geometryOfNew("mem:?" + numbers);
  }

  /// Opens a fresh device of [#GEOMETRY] or of [#TIGHT_GEOMETRY].
  abstract ZonedDevice open();

  /// Whether the device shows its zones for reading in place.
  boolean maps() {
    return true;
  }

  @BeforeEach
  void openDevice() {
    device = open();
    queue = device.openQueue(64);
  }

  @AfterEach
  void closeDevice() {
    device.close();
    arena.close();
  }

  // --- the append contract

  @Test
  void a1_aCompletionCarriesTokenBytesAndAddressApart() {
    long token = 0xFEDC_BA98_7654_3210L;
    assertThat(queue.append(5, blocks(3, 1), 0, token)).isTrue();
    Completions completions = new Completions().drain(queue);
    assertThat(completions.done)
        .containsExactly(Map.entry(token, new Completions.Done(3 * BLOCK, ZoneAddress.of(5, 0))));
  }

  @Test
  void a2_anAppendThatDoesNotFitWritesNothing() {
    fill(1, ZONE_BLOCKS - 2);
    queue.append(1, blocks(3, 9), 0, 1);
    Completions completions = new Completions().drain(queue);
    assertThat(completions.failed).containsEntry(1L, ZoneFailure.BOUNDARY);
    assertThat(device.report(1).writePointerBlocks()).isEqualTo(ZONE_BLOCKS - 2);
    queue.append(1, blocks(2, 9), 0, 2);
    assertThat(completions.drain(queue).address(2)).isEqualTo(ZoneAddress.of(1, ZONE_BLOCKS - 2));
  }

  @Test
  void a3_anAppendAboveTheLimitIsRefusedAtSubmission() {
    assertThatThrownBy(() -> queue.append(0, blocks(APPEND_BLOCKS + 1, 1), 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Integer.toString(device.geometry().appendBytesMax()));
    assertThat(queue.outstanding()).isZero();
    assertThat(device.report(0).state()).isEqualTo(ZoneState.EMPTY);
  }

  @Test
  void a4_appendsInFlightTileTheZoneInWhateverOrder() {
    for (int token = 0; token < 12; token++) {
      queue.append(2, blocks(1 + token % 2, token), 0, token);
    }
    Completions completions = new Completions().drain(queue);
    Set<Long> covered = new HashSet<>();
    for (int token = 0; token < 12; token++) {
      long address = completions.address(token);
      assertThat(ZoneAddress.zone(address)).isEqualTo(2);
      for (int block = 0; block < 1 + token % 2; block++) {
        assertThat(covered.add(ZoneAddress.block(address) + block)).isTrue();
      }
      assertHolds(address, 1 + token % 2, token);
    }
    assertThat(covered).hasSize(18);
    assertThat(device.report(2).writePointerBlocks()).isEqualTo(18);
  }

  @Test
  void a5_anAppendThatFillsTheZoneLeavesItFull() {
    fill(0, ZONE_BLOCKS);
    assertThat(device.report(0).state()).isEqualTo(ZoneState.FULL);
    queue.append(0, blocks(1, 1), 0, 1);
    assertThat(new Completions().drain(queue).failed).containsEntry(1L, ZoneFailure.FULL);
  }

  @Test
  void a6_completionsThatHadToWaitKeepTheirAddresses() {
    for (int token = 0; token < 16; token++) {
      queue.append(3, blocks(1, token), 0, token);
    }
    Completions completions = new Completions();
    int delivered = 0;
    while (delivered < 16) {
      assertThat(queue.await(completions, 1)).isOne();
      delivered++;
      assertThat(completions.order).hasSize(delivered);
    }
    for (int token = 0; token < 16; token++) {
      assertHolds(completions.address(token), 1, token);
    }
  }

  @Test
  void a7_polledAndAwaitedCompletionsReportAlike() {
    Completions polled = new Completions();
    queue.append(0, blocks(2, 7), 0, 1);
    while (queue.outstanding() > 0) {
      queue.flush();
      queue.poll(polled, 8);
    }
    Completions awaited = new Completions();
    queue.append(1, blocks(2, 7), 0, 1);
    awaited.drain(queue);
    assertThat(polled.done.get(1L).bytes()).isEqualTo(awaited.done.get(1L).bytes());
    assertThat(ZoneAddress.block(polled.address(1)))
        .isEqualTo(ZoneAddress.block(awaited.address(1)));
  }

  @Test
  void a8_whatIsChainedBehindAFailureDoesNotRun() {
    queue.read(ZoneAddress.of(0, 0), blocks(1, 0), ZoneQueue.LINK, 1);
    queue.append(1, blocks(1, 0), ZoneQueue.LINK, 2);
    queue.append(1, blocks(1, 0), 0, 3);
    queue.append(1, blocks(1, 4), 0, 4);
    Completions completions = new Completions().drain(queue);
    assertThat(completions.failed)
        .containsEntry(1L, ZoneFailure.UNWRITTEN)
        .containsEntry(2L, ZoneFailure.CANCELED)
        .containsEntry(3L, ZoneFailure.CANCELED);
    assertThat(completions.address(4)).isEqualTo(ZoneAddress.of(1, 0));
    assertThat(device.report(1).writePointerBlocks()).isOne();
  }

  @Test
  void a8_aChainRunsInItsOrder() {
    for (int token = 0; token < 5; token++) {
      queue.append(1, blocks(1, token), token < 4 ? ZoneQueue.LINK : 0, token);
    }
    Completions completions = new Completions().drain(queue);
    for (int token = 0; token < 5; token++) {
      assertThat(completions.address(token)).isEqualTo(ZoneAddress.of(1, token));
    }
    assertThat(completions.order).containsExactly(0L, 1L, 2L, 3L, 4L);
  }

  @Test
  void a8_aChainGoesOnAcrossAFlush() {
    queue.read(ZoneAddress.of(0, 0), blocks(1, 0), ZoneQueue.LINK, 1);
    Completions completions = new Completions().drain(queue);
    queue.append(1, blocks(1, 0), 0, 2);
    assertThat(completions.drain(queue).failed).containsEntry(2L, ZoneFailure.CANCELED);
    queue.append(1, blocks(1, 0), 0, 3);
    assertThat(completions.drain(queue).address(3)).isEqualTo(ZoneAddress.of(1, 0));
  }

  @Test
  void a9_aWriteMustNameThePointer() {
    queue.write(ZoneAddress.of(4, 1), blocks(1, 1), 0, 1);
    Completions completions = new Completions().drain(queue);
    assertThat(completions.failed).containsEntry(1L, ZoneFailure.INVALID_WRITE);
    assertThat(device.report(4).state()).isEqualTo(ZoneState.EMPTY);
    queue.write(ZoneAddress.of(4, 0), blocks(APPEND_BLOCKS * 2, 6), 0, 2);
    completions.drain(queue);
    assertThat(completions.done)
        .containsEntry(2L, new Completions.Done(APPEND_BLOCKS * 2 * BLOCK, ZoneAddress.NONE));
    assertHolds(ZoneAddress.of(4, 0), APPEND_BLOCKS * 2, 6);
  }

  /// As the thread about zone append had it: appends share the zone, what is larger has it alone.
  @Test
  void a9_largeWritesUnderTheExclusiveLockAndAppendsUnderTheSharedOneTileTheZone()
      throws Exception {
    ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);
    Map<Long, Integer> places = new ConcurrentHashMap<>(); // address to blocks
    try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 3; thread++) {
        boolean isLarge = thread == 0;
        all.add(
            pool.submit(() -> {
              try (ZoneQueue own = device.openQueue(1)) {
                for (int i = 0; i < 2; i++) {
                  if (isLarge) {
                    writeAlone(own, lock.writeLock(), places);
                  } else {
                    appendShared(own, lock.readLock(), places);
                  }
                }
              }
            }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    int written = 2 * (APPEND_BLOCKS + 2) + 4 * 3;
    assertThat(places.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(written);
    assertThat(device.report(2).writePointerBlocks()).isEqualTo(written);
    long next = ZoneAddress.of(2, 0);
    for (long address : places.keySet().stream().sorted().toList()) {
      assertThat(address).isEqualTo(next);
      assertHolds(address, places.get(address), places.get(address));
      next += places.get(address);
    }
  }

  private void writeAlone(ZoneQueue own, Lock lock, Map<Long, Integer> places) {
    int blocks = APPEND_BLOCKS + 2;
    lock.lock();
    try {
      long pointer = ZoneAddress.of(2, device.report(2).writePointerBlocks());
      own.write(pointer, blocks(blocks, blocks), 0, 1);
      assertThat(new Completions().drain(own).failed).isEmpty();
      places.put(pointer, blocks);
    } finally {
      lock.unlock();
    }
  }

  private void appendShared(ZoneQueue own, Lock lock, Map<Long, Integer> places) {
    lock.lock();
    try {
      own.append(2, blocks(3, 3), 0, 1);
      places.put(new Completions().drain(own).address(1), 3);
    } finally {
      lock.unlock();
    }
  }

  @Test
  void a10_aFailedCompletionHasNoAddress() {
    fill(0, ZONE_BLOCKS);
    queue.append(0, blocks(1, 1), 0, 1);
    Completions completions = new Completions().drain(queue);
    assertThat(completions.failed).containsOnlyKeys(1L);
    assertThat(completions.done).isEmpty();
  }

  @Test
  void a11_aReportAfterFailuresSaysWhereTheZoneStands() {
    fill(0, ZONE_BLOCKS - 1);
    for (int token = 0; token < 4; token++) {
      queue.append(0, blocks(2, token), 0, token);
    }
    assertThat(new Completions().drain(queue).failed).hasSize(4);
    ZoneReport report = device.report(0);
    assertThat(report.writePointerBlocks()).isEqualTo(ZONE_BLOCKS - 1);
    queue.append(0, blocks(1, 5), 0, 9);
    assertThat(new Completions().drain(queue).address(9))
        .isEqualTo(ZoneAddress.of(0, report.writePointerBlocks()));
  }

  @Test
  void a12_everyAddressLiesInTheWrittenRangeAndOverlapsNoOther() {
    List<long[]> ranges = new ArrayList<>();
    Completions completions = new Completions();
    int token = 0;
    for (int round = 0; round < 8; round++) {
      for (int zone = 0; zone < 3; zone++) {
        queue.append(zone, blocks(1 + round % 3, token), 0, token++);
      }
    }
    completions.drain(queue);
    for (int i = 0; i < token; i++) {
      long address = completions.address(i);
      int count = completions.done.get((long) i).bytes() / BLOCK;
      assertThat(ZoneAddress.block(address) + count)
          .isLessThanOrEqualTo(device.report(ZoneAddress.zone(address)).writePointerBlocks());
      ranges.add(new long[] {address, address + count});
      assertHolds(address, count, i);
    }
    ranges.sort(Comparator.comparingLong(range -> range[0]));
    for (int i = 1; i < ranges.size(); i++) {
      assertThat(ranges.get(i)[0]).isGreaterThanOrEqualTo(ranges.get(i - 1)[1]);
    }
  }

  // --- what stands on it

  @Test
  void s1_severalThreadsAppendToOneZoneAtOnce() throws Exception {
    int threads = 4;
    int each = ZONE_BLOCKS / threads;
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Completions>> all = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int mine = thread;
        all.add(
            pool.submit(() -> {
              try (ZoneQueue own = device.openQueue(2)) {
                Completions completions = new Completions();
                for (int i = 0; i < each; ) {
                  if (own.append(6, blocks(1, mine * each + i), 0, mine * each + i)) {
                    i++;
                  } else {
                    own.await(completions, 1);
                  }
                }
                return completions.drain(own);
              }
            }));
      }
      Set<Long> addresses = new HashSet<>();
      for (Future<Completions> future : all) {
        Completions completions = future.get();
        assertThat(completions.failed).isEmpty();
        for (long token : completions.done.keySet()) {
          assertThat(addresses.add(completions.address(token))).isTrue();
          assertHolds(completions.address(token), 1, token);
        }
      }
      assertThat(addresses).hasSize(ZONE_BLOCKS);
      assertThat(device.report(6).state()).isEqualTo(ZoneState.FULL);
    }
  }

  @Test
  void s2_anAppendToAGroupLandsWhereThereIsRoom() {
    fill(0, ZONE_BLOCKS);
    fill(1, ZONE_BLOCKS - 1);
    ZoneGroup group = ZoneGroup.of(0, 1, 2);
    queue.append(group, blocks(3, 5), 0, 1);
    Completions completions = new Completions().drain(queue);
    assertThat(completions.address(1)).isEqualTo(ZoneAddress.of(2, 0));
    assertHolds(completions.address(1), 3, 5);
  }

  @Test
  void s2_anAppendToAFullGroupFails() {
    fill(0, ZONE_BLOCKS);
    fill(1, ZONE_BLOCKS - 1);
    queue.append(ZoneGroup.of(0, 1), blocks(2, 5), 0, 1);
    assertThat(new Completions().drain(queue).failed).containsEntry(1L, ZoneFailure.FULL);
  }

  @Test
  void s2_aGroupWithoutASlotSaysSo() {
    for (int zone = 0; zone < 3; zone++) {
      manage(ZoneAction.OPEN, zone);
    }
    fill(7, 0);
    queue.append(ZoneGroup.of(5, 6), blocks(1, 5), 0, 1);
    assertThat(new Completions().drain(queue).failed).containsEntry(1L, ofAFourthZone());
  }

  @Test
  void s3_anObjectStripedOverZonesIsReadBackAsOne() {
    Stripes stripes = new Stripes(0, 1, 2);
    MemorySegment object = numbered(40);
    List<ZoneRange> ranges = stripes.store(object);
    assertThat(ranges).hasSize(40 / APPEND_BLOCKS);
    for (int zone = 0; zone < 3; zone++) {
      assertThat(device.report(zone).writePointerBlocks()).isBetween(12L, 16L);
    }
    assertThat(stripes.load(ranges, 40).mismatch(object)).isEqualTo(-1);
  }

  @Test
  void s3_aStripeThatFindsItsZoneFullGoesOnInTheOthers() {
    fill(1, ZONE_BLOCKS - APPEND_BLOCKS);
    Stripes stripes = new Stripes(0, 1, 2);
    MemorySegment object = numbered(36);
    List<ZoneRange> ranges = stripes.store(object);
    assertThat(device.report(1).state()).isEqualTo(ZoneState.FULL);
    assertThat(stripes.load(ranges, 36).mismatch(object)).isEqualTo(-1);
  }

  @Test
  void s4_severalSmallObjectsShareAZoneAndOneFillsItsOwn() {
    List<MemorySegment> objects = new ArrayList<>();
    List<List<ZoneRange>> places = new ArrayList<>();
    Stripes shared = new Stripes(3);
    for (int blocks : new int[] {1, 3, 5, 7}) {
      objects.add(numbered(blocks));
      places.add(shared.store(objects.getLast()));
    }
    Stripes own = new Stripes(4);
    objects.add(numbered(ZONE_BLOCKS));
    places.add(own.store(objects.getLast()));
    assertThat(device.report(3).writePointerBlocks()).isEqualTo(16);
    assertThat(device.report(4).state()).isEqualTo(ZoneState.FULL);
    for (int i = 0; i < objects.size(); i++) {
      int blocks = (int) (objects.get(i).byteSize() / BLOCK);
      assertThat(shared.load(places.get(i), blocks).mismatch(objects.get(i))).isEqualTo(-1);
    }
    // What has a zone to itself is dropped by a reset, and the others stay.
    manage(ZoneAction.RESET, 4);
    assertThat(shared.load(places.get(0), 1).mismatch(objects.get(0))).isEqualTo(-1);
  }

  @Test
  void s4_anObjectLargerThanAZoneIsAListOfRangesOverZones() {
    int blocks = 2 * ZONE_BLOCKS + 5;
    Stripes stripes = new Stripes(5, 6, 7);
    MemorySegment object = numbered(blocks);
    List<ZoneRange> ranges = stripes.store(object);
    assertThat(ranges.stream().map(range -> ZoneAddress.zone(range.address())).distinct())
        .hasSize(3);
    assertThat(stripes.load(ranges, blocks).mismatch(object)).isEqualTo(-1);
  }

  @Test
  void s5_aCopyArrivesInOrderAsOneAppend() {
    fill(0, 6);
    fill(1, 6);
    fill(3, 2);
    queue.copy(
        List.of(
            new ZoneRange(ZoneAddress.of(1, 4), 2 * BLOCK),
            new ZoneRange(ZoneAddress.of(0, 1), BLOCK)),
        3,
        0,
        42);
    Completions completions = new Completions().drain(queue);
    assertThat(completions.done)
        .containsEntry(42L, new Completions.Done(3 * BLOCK, ZoneAddress.of(3, 2)));
    assertHolds(ZoneAddress.of(3, 2), 1, fillPattern(1, 4));
    assertHolds(ZoneAddress.of(3, 3), 1, fillPattern(1, 5));
    assertHolds(ZoneAddress.of(3, 4), 1, fillPattern(0, 1));
    assertThat(device.stats().copiedBytes()).isEqualTo(3 * BLOCK);
  }

  @Test
  void s5_aCopyOfUnwrittenBlocksWritesNothing() {
    fill(0, 2);
    queue.copy(
        List.of(
            new ZoneRange(ZoneAddress.of(0, 0), BLOCK), new ZoneRange(ZoneAddress.of(0, 2), BLOCK)),
        3,
        0,
        1);
    assertThat(new Completions().drain(queue).failed).containsEntry(1L, ZoneFailure.UNWRITTEN);
    assertThat(device.report(3).state()).isEqualTo(ZoneState.EMPTY);
    assertThatThrownBy(() ->
            queue.copy(
                List.of(new ZoneRange(ZoneAddress.of(0, 0), (APPEND_BLOCKS + 1) * BLOCK)), 3, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void s6_theDeviceClosesAnImplicitlyOpenZoneToMakeRoom() {
    int active = activeZonesMax();
    for (int zone = 0; zone < active; zone++) {
      fill(zone, 1);
    }
    assertThat(device.report().stream().filter(report -> report.state().isOpen())).hasSize(3);
    assertThat(device.report().stream().filter(report -> report.state().isActive()))
        .hasSize(active);
    queue.append(active, blocks(1, 1), 0, 1);
    assertThat(new Completions().drain(queue).failed)
        .containsEntry(1L, ZoneFailure.TOO_MANY_ACTIVE);
    manage(ZoneAction.RESET, 2);
    fill(active, 1);
  }

  /// Three leases for the three zones that may be open: who wants a fourth waits for one of them,
  /// and the device never has to refuse.
  @Test
  void s6_whoeverLeasesAZoneBeforeWritingItMeetsNoLimit() throws Exception {
    Semaphore leases = new Semaphore(device.geometry().openZonesMax());
    AtomicInteger mostAtOnce = new AtomicInteger();
    AtomicInteger leased = new AtomicInteger();
    try (ExecutorService pool = Executors.newFixedThreadPool(6)) {
      List<Future<Completions>> all = new ArrayList<>();
      for (int zone = 0; zone < 6; zone++) {
        int mine = zone;
        all.add(
            pool.submit(() -> {
              leases.acquire();
              try (ZoneQueue own = device.openQueue(8)) {
                mostAtOnce.accumulateAndGet(leased.incrementAndGet(), Math::max);
                return fillUnderLease(own, mine);
              } finally {
                leased.decrementAndGet();
                leases.release();
              }
            }));
      }
      for (Future<Completions> each : all) {
        assertThat(each.get().failed).isEmpty();
      }
    }
    assertThat(mostAtOnce.get()).isLessThanOrEqualTo(3);
    for (int zone = 0; zone < 6; zone++) {
      assertThat(device.report(zone).state()).isEqualTo(ZoneState.FULL);
    }
  }

  private Completions fillUnderLease(ZoneQueue own, int zone) {
    Completions completions = new Completions();
    own.manage(ZoneAction.OPEN, zone, 0, -1);
    completions.drain(own);
    for (int token = 0; token < ZONE_BLOCKS / 2; ) {
      if (own.append(zone, blocks(2, token), 0, token)) {
        token++;
      } else {
        own.await(completions, 1);
      }
    }
    return completions.drain(own);
  }

  @Test
  void s6_aFourthZoneThatIsToBeHeldOpenIsRefusedUntilOneOfThreeIsGivenBack() {
    for (int zone = 0; zone < 3; zone++) {
      manage(ZoneAction.OPEN, zone);
    }
    queue.manage(ZoneAction.OPEN, 3, 0, 1);
    queue.append(4, blocks(1, 1), 0, 2);
    Completions refused = new Completions().drain(queue);
    assertThat(refused.failed)
        .containsEntry(1L, ofAFourthZone())
        .containsEntry(2L, ofAFourthZone());
    assertThat(device.report(4).state()).isEqualTo(ZoneState.EMPTY);
    fill(0, ZONE_BLOCKS);
    manage(ZoneAction.OPEN, 3);
    fill(3, 1);
  }

  // --- the rest of a device

  @Test
  void d5_aReadAtOrAboveThePointerFails() {
    fill(0, 2);
    queue.read(ZoneAddress.of(0, 1), blocks(2, 0), 0, 1);
    queue.read(ZoneAddress.of(0, 2), blocks(1, 0), 0, 2);
    queue.read(ZoneAddress.of(1, 0), blocks(1, 0), 0, 3);
    Completions completions = new Completions().drain(queue);
    assertThat(completions.failed.values())
        .containsExactly(ZoneFailure.UNWRITTEN, ZoneFailure.UNWRITTEN, ZoneFailure.UNWRITTEN);
  }

  @Test
  void d15_anOpenedAndClosedZoneStaysActive() {
    manage(ZoneAction.OPEN, 0);
    manage(ZoneAction.CLOSE, 0);
    assertThat(device.report(0).state()).isEqualTo(ZoneState.CLOSED);
    assertThat(device.report(0).writePointerBlocks()).isZero();
    manage(ZoneAction.RESET, 0);
    assertThat(device.report(0).state()).isEqualTo(ZoneState.EMPTY);
  }

  @Test
  void d18_aResetChainedBehindAnAppendWaitsForIt() {
    queue.append(0, blocks(1, 0), ZoneQueue.LINK, 1);
    queue.manage(ZoneAction.RESET, 0, 0, 2);
    Completions completions = new Completions().drain(queue);
    assertThat(completions.failed).isEmpty();
    assertThat(device.report(0).state()).isEqualTo(ZoneState.EMPTY);
  }

  @Test
  void aFinishedZoneIsFullAndReadableUpToItsData() {
    fill(0, 3);
    manage(ZoneAction.FINISH, 0);
    assertThat(device.report(0).state()).isEqualTo(ZoneState.FULL);
    assertThat(device.report(0).writePointerBlocks()).isEqualTo(ZONE_BLOCKS);
    assertHolds(ZoneAddress.of(0, 2), 1, fillPattern(0, 2));
    queue.read(ZoneAddress.of(0, 3), blocks(1, 0), 0, 1);
    assertThat(new Completions().drain(queue).failed).containsEntry(1L, ZoneFailure.UNWRITTEN);
    assertThat(device.stats().finishes()).isOne();
  }

  @Test
  void aResetZoneIsEmptyAndIsToBeReusedFirst() {
    assertThat(device.report(0).writtenBefore()).isFalse();
    fill(0, 3);
    manage(ZoneAction.RESET, 0);
    ZoneReport report = device.report(0);
    assertThat(report.state()).isEqualTo(ZoneState.EMPTY);
    assertThat(report.writePointerBlocks()).isZero();
    assertThat(report.writtenBefore()).isTrue();
    queue.read(ZoneAddress.of(0, 0), blocks(1, 0), 0, 1);
    assertThat(new Completions().drain(queue).failed).containsEntry(1L, ZoneFailure.UNWRITTEN);
    queue.append(0, blocks(1, 77), 0, 2);
    assertHolds(new Completions().drain(queue).address(2), 1, 77);
  }

  @Test
  void aCommandThatTheStateForbidsFails() {
    queue.manage(ZoneAction.CLOSE, 0, 0, 1);
    assertThat(new Completions().drain(queue).failed)
        .containsEntry(1L, ZoneFailure.INVALID_TRANSITION);
  }

  @Test
  void syncCompletesForOneZoneAndForAll() {
    fill(0, 2);
    queue.sync(0, 0, 1);
    queue.sync(ZoneQueue.ALL_ZONES, 0, 2);
    assertThat(new Completions().drain(queue).done).containsOnlyKeys(1L, 2L);
    assertThat(device.stats().syncs()).isEqualTo(2);
  }

  @Test
  void aFullQueueRefusesAndTakesAgainAfterADelivery() {
    try (ZoneQueue small = device.openQueue(2)) {
      assertThat(small.append(0, blocks(1, 1), 0, 1)).isTrue();
      assertThat(small.append(0, blocks(1, 2), 0, 2)).isTrue();
      assertThat(small.append(0, blocks(1, 3), 0, 3)).isFalse();
      assertThat(small.outstanding()).isEqualTo(2);
      assertThat(small.await(new Completions(), 1)).isOne();
      assertThat(small.append(0, blocks(1, 3), 0, 3)).isTrue();
      assertThat(new Completions().drain(small).failed).isEmpty();
    }
    assertThat(device.report(0).writePointerBlocks()).isEqualTo(3);
  }

  @Test
  void aHandlerMaySubmitAndMustNotPoll() {
    List<Long> tokens = new ArrayList<>();
    ZoneHandler handler =
        new ZoneHandler() {
          @Override
          public void onDone(long token, int bytes, long address) {
            tokens.add(token);
            if (token < 20) {
              assertThat(queue.append(0, blocks(1, token), 0, token + 1)).isTrue();
            }
            assertThatThrownBy(() -> queue.poll(this, 1)).isInstanceOf(IllegalStateException.class);
          }

          @Override
          public void onFailed(long token, ZoneFailure failure) {
            throw new AssertionError(failure);
          }
        };
    queue.append(0, blocks(1, 0), 0, 1);
    while (queue.outstanding() > 0) {
      queue.await(handler, 4);
    }
    assertThat(tokens).hasSize(20);
  }

  @Test
  void wrongArgumentsAreRefusedAtSubmission() {
    MemorySegment block = blocks(1, 0);
    List<Runnable> wrong =
        List.of(
            () -> queue.append(-1, block, 0, 1),
            () -> queue.append(8, block, 0, 1),
            () -> queue.append(ZoneGroup.of(1, 8), block, 0, 1),
            () -> queue.append(0, arena.allocate(100), 0, 1),
            () -> queue.append(0, MemorySegment.NULL, 0, 1),
            () -> queue.append(0, MemorySegment.ofArray(new byte[BLOCK]), 0, 1),
            () -> queue.append(0, block, 2, 1),
            () -> queue.read(ZoneAddress.NONE, block, 0, 1),
            () -> queue.read(ZoneAddress.of(0, 0), block.asReadOnly(), 0, 1),
            () -> queue.sync(8, 0, 1),
            () -> queue.sync(-2, 0, 1),
            () -> queue.copy(List.of(), 0, 0, 1));
    for (Runnable each : wrong) {
      assertThatThrownBy(each::run).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(queue.outstanding()).isZero();
  }

  @Test
  void mappedBytesAreWhatWasWritten() {
    queue.append(1, blocks(2, 5), 0, 1);
    long address = new Completions().drain(queue).address(1);
    MemorySegment mapped = device.mapped(1);
    if (!maps()) {
      assertThat(mapped).isNull();
      return;
    }
    assertThat(mapped).isNotNull();
    assertThat(mapped.isReadOnly()).isTrue();
    assertThat(mapped.asSlice(ZoneAddress.block(address) * BLOCK, 2 * BLOCK).mismatch(blocks(2, 5)))
        .isEqualTo(-1);
  }

  @Test
  void statisticsCountWhatSucceeded() {
    fill(0, 4);
    queue.read(ZoneAddress.of(0, 0), blocks(2, 0), 0, 1);
    queue.read(ZoneAddress.of(5, 0), blocks(2, 0), 0, 2);
    new Completions().drain(queue);
    manage(ZoneAction.RESET, 0);
    DeviceStats stats = device.stats();
    assertThat(stats.appends()).isEqualTo(4);
    assertThat(stats.appendedBytes()).isEqualTo(4 * BLOCK);
    assertThat(stats.reads()).isOne();
    assertThat(stats.readBytes()).isEqualTo(2 * BLOCK);
    assertThat(stats.resets()).isOne();
    queue.close();
    assertThat(device.stats().appends()).isEqualTo(4);
    assertThat(stats.ring()).isNotBlank();
  }

  @Test
  void afterCloseEverythingIsRefusedAndNothingCrashes() {
    fill(0, 1);
    queue.append(0, blocks(1, 0), 0, 1);
    queue.flush();
    device.close();
    device.close();
    queue.close();
    assertThatThrownBy(() -> queue.append(0, blocks(1, 0), 0, 1))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> queue.poll(new Completions(), 1))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> device.report(0)).isInstanceOf(IllegalStateException.class);
    if (maps()) {
      assertThatThrownBy(() -> device.mapped(0)).isInstanceOf(IllegalStateException.class);
    }
    assertThatThrownBy(() -> device.openQueue(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anInterruptNeitherEndsAWaitNorHurtsTheDevice() {
    Thread.currentThread().interrupt();
    fill(0, 2);
    MemorySegment mapped = device.mapped(0);
    device.staging().map("piece", 8192);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(mapped != null).isEqualTo(maps());
    assertHolds(ZoneAddress.of(0, 1), 1, fillPattern(0, 1));
  }

  @Test
  void stagingPiecesAreMappedByNameAndLength() {
    StagingStore staging = device.staging();
    assertThat(staging.names()).isEmpty();
    MemorySegment piece = staging.map("segment-1", 12345);
    assertThat(piece.byteSize()).isEqualTo(12345);
    assertThat(piece.get(ValueLayout.JAVA_BYTE, 12344)).isZero();
    piece.set(ValueLayout.JAVA_BYTE, 7, (byte) 42);
    assertThat(staging.map("segment-1", 12345).get(ValueLayout.JAVA_BYTE, 7)).isEqualTo((byte) 42);
    assertThatThrownBy(() -> staging.map("segment-1", 999))
        .isInstanceOf(StagingException.class)
        .hasMessageContaining("12345");
    assertThat(staging.names()).containsExactly("segment-1");
    staging.delete("segment-1");
    assertThat(staging.names()).isEmpty();
    piece.set(ValueLayout.JAVA_BYTE, 7, (byte) 43);
    assertThat(staging.map("segment-1", 50).get(ValueLayout.JAVA_BYTE, 7)).isZero();
    assertThatThrownBy(() -> staging.map("../escape", 50))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // --- helpers

  final int activeZonesMax() {
    return device.geometry().activeZonesMax();
  }

  /// Why a fourth zone cannot be opened where three are.
  private ZoneFailure ofAFourthZone() {
    return activeZonesMax() > 3 ? ZoneFailure.TOO_MANY_OPEN : ZoneFailure.TOO_MANY_ACTIVE;
  }

  /// An object spread over several zones in pieces of the largest append, as many under way as
  /// there are zones (S3). To its user it is one: an ordered list of ranges.
  private final class Stripes {
    private final List<Integer> zones = new ArrayList<>();

    Stripes(int... zones) {
      for (int zone : zones) {
        this.zones.add(zone);
      }
    }

    List<ZoneRange> store(MemorySegment object) {
      long bytesMax = device.geometry().appendBytesMax();
      List<MemorySegment> pieces = new ArrayList<>();
      for (long at = 0; at < object.byteSize(); at += bytesMax) {
        pieces.add(object.asSlice(at, Math.min(bytesMax, object.byteSize() - at)));
      }
      ZoneRange[] ranges = new ZoneRange[pieces.size()];
      Deque<Integer> left = new ArrayDeque<>();
      for (int i = 0; i < ranges.length; i++) {
        left.add(i);
      }
      while (!left.isEmpty()) {
        assertThat(zones).as("zones with room").isNotEmpty();
        Map<Integer, Integer> sent = new HashMap<>();
        for (int zone : zones) {
          if (!left.isEmpty()) {
            int piece = left.remove();
            sent.put(piece, zone);
            assertThat(queue.append(zone, pieces.get(piece), 0, piece)).isTrue();
          }
        }
        Completions completions = new Completions().drain(queue);
        sent.forEach((piece, zone) -> {
          ZoneFailure failure = completions.failed.get((long) piece);
          if (failure == null) {
            int bytes = (int) pieces.get(piece).byteSize();
            ranges[piece] = new ZoneRange(completions.address(piece), bytes);
          } else {
            assertThat(failure).isIn(ZoneFailure.FULL, ZoneFailure.BOUNDARY);
            zones.remove(zone);
            left.addFirst(piece);
          }
        });
      }
      return List.of(ranges);
    }

    /// Reads all pieces at once.
    MemorySegment load(List<ZoneRange> ranges, int blocks) {
      MemorySegment target = arena.allocate((long) blocks * BLOCK, BLOCK);
      long at = 0;
      for (ZoneRange range : ranges) {
        assertThat(queue.read(range.address(), target.asSlice(at, range.bytes()), 0, at)).isTrue();
        at += range.bytes();
      }
      assertThat(new Completions().drain(queue).failed).isEmpty();
      assertThat(at).isEqualTo(target.byteSize());
      return target;
    }
  }

  /// Blocks each of which is unlike all others.
  private MemorySegment numbered(int count) {
    MemorySegment data = arena.allocate((long) count * BLOCK, BLOCK);
    for (int block = 0; block < count; block++) {
      data.asSlice((long) block * BLOCK, BLOCK).copyFrom(blocks(1, ++number));
    }
    return data;
  }

  /// Appends `count` blocks, one after the other.
  final void fill(int zone, int count) {
    Completions completions = new Completions();
    for (int block = 0; block < count; block++) {
      assertThat(queue.append(zone, blocks(1, fillPattern(zone, block)), 0, block)).isTrue();
      completions.drain(queue);
    }
    assertThat(completions.failed).isEmpty();
  }

  static long fillPattern(int zone, int block) {
    return 1000L * zone + block;
  }

  final void manage(ZoneAction action, int zone) {
    queue.manage(action, zone, 0, 1);
    assertThat(new Completions().drain(queue).failed).isEmpty();
  }

  /// Fresh memory full of a pattern.
  final MemorySegment blocks(int count, long pattern) {
    MemorySegment data = arena.allocate((long) count * BLOCK, BLOCK);
    for (long at = 0; at < data.byteSize(); at += 8) {
      data.set(ValueLayout.JAVA_LONG, at, pattern * 0x9E3779B97F4A7C15L + 1);
    }
    return data;
  }

  final void assertHolds(long address, int count, long pattern) {
    MemorySegment target = arena.allocate((long) count * BLOCK, BLOCK);
    try (ZoneQueue reader = device.openQueue(1)) {
      reader.read(address, target, 0, 1);
      Completions completions = new Completions().drain(reader);
      assertThat(completions.done)
          .containsEntry(1L, new Completions.Done(count * BLOCK, ZoneAddress.NONE));
    }
    assertThat(target.mismatch(blocks(count, pattern))).isEqualTo(-1);
  }
}
