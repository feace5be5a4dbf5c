package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What stands on the append contract: threads, groups, objects over zones, copies, limits.
abstract class ObjectContract extends AppendContract {
  private long number;

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
}
