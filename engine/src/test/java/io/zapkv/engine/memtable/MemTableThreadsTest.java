package io.zapkv.engine.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.api.WriteBatch;
import io.zapkv.engine.base.EpochGate;
import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.Trailer;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.staging.StagingArea;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class MemTableThreadsTest {
  private static final int WRITERS = 4;
  private static final int KEYS = 13;
  private static final int PUTS = 20_000;

  @Test
  void versionsOfOneKeyFromManyThreadsStandInOrderAndNoneIsLost() throws Exception {
    try (Arena arena = Arena.ofShared();
        ExecutorService pool = Executors.newFixedThreadPool(WRITERS)) {
      MemTable table = new MemTable(StagingArea.scratch(arena, 16 << 20, 0), WRITERS * PUTS);
      Future<?>[] writers = new Future<?>[WRITERS];
      for (int w = 0; w < WRITERS; w++) {
        int writer = w;
        writers[w] = pool.submit(() -> write(table, writer));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }

      Set<Long> seen = new HashSet<>();
      for (int k = 0; k < KEYS; k++) {
        byte[] key = {(byte) k};
        long below = Trailer.SEQUENCE_MAX;
        MemTable.Result result = new MemTable.Result();
        while (get(table, key, below, result) == MemTable.FOUND) {
          assertThat(result.sequence()).isLessThanOrEqualTo(below);
          assertThat(
                  seen.add(result.segment().get(ValueLayout.JAVA_LONG_UNALIGNED, result.offset())))
              .isTrue();
          below = result.sequence() - 1;
        }
      }
      assertThat(seen).hasSize(WRITERS * PUTS);
      table.release();
    }
  }

  @Test
  void aSnapshotBehindTheWriteGateSeesWholeBatchesAndNeverChanges() throws Exception {
    EpochGate gate = new EpochGate(LockSupport::parkNanos);
    AtomicBoolean stop = new AtomicBoolean();
    try (Arena arena = Arena.ofShared();
        ExecutorService pool = Executors.newFixedThreadPool(2)) {
      MemTable table = new MemTable(StagingArea.scratch(arena, 16 << 20, 0), 0);
      Future<?>[] writers = new Future<?>[2];
      for (int w = 0; w < writers.length; w++) {
        writers[w] = pool.submit(() -> writeBatches(table, gate, stop));
      }
      for (int i = 0; i < 60; i++) {
        long snapshot = table.endSequence() - 1;
        gate.awaitQuiescence();
        assertOneStamp(table, snapshot);
      }
      stop.set(true);
      for (Future<?> writer : writers) {
        writer.get();
      }
      table.release();
    }
  }

  private static void write(MemTable table, int writer) {
    SplittableRandom random = new SplittableRandom(writer);
    byte[] key = new byte[1];
    byte[] value = new byte[8];
    for (int i = 0; i < PUTS; i++) {
      key[0] = (byte) random.nextInt(KEYS);
      MemorySegment.ofArray(value).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, (long) writer << 32 | i);
      assertThat(table.add(ValueKind.PUT, key, 0, 1, value, 0, 8) != MemTable.FULL).isTrue();
    }
  }

  /// Every batch writes one stamp, its own, under three keys.
  private static void writeBatches(MemTable table, EpochGate gate, AtomicBoolean stop) {
    SplittableRandom random = new SplittableRandom(9);
    byte[] stamp = new byte[8];
    WriteBatch batch = new WriteBatch();
    boolean room = true;
    while (room && !stop.get()) {
      random.nextBytes(stamp);
      batch.clear();
      for (byte key = 1; key <= 3; key++) {
        batch.put(new byte[] {key}, stamp);
      }
      int ticket = gate.enter();
      room = table.add(batch) != MemTable.FULL;
      gate.exit(ticket);
    }
  }

  private static void assertOneStamp(MemTable table, long snapshot) {
    MemTable.Result result = new MemTable.Result();
    Set<Long> stamps = new HashSet<>();
    Set<Integer> answers = new HashSet<>();
    for (byte key = 1; key <= 3; key++) {
      int answer = get(table, new byte[] {key}, snapshot, result);
      answers.add(answer);
      if (answer == MemTable.FOUND) {
        stamps.add(result.segment().get(ValueLayout.JAVA_LONG_UNALIGNED, result.offset()));
      }
    }
    assertThat(answers).hasSize(1);
    assertThat(stamps.size()).isLessThanOrEqualTo(1);

    InternalCursor cursor = table.cursor(snapshot);
    int[] versions = new int[4];
    long newest = 0;
    for (cursor.first(); cursor.isValid(); cursor.next()) {
      int key = cursor.keySegment().get(ValueLayout.JAVA_BYTE, cursor.keyOffset());
      if (versions[key]++ == 0 && !stamps.isEmpty()) {
        newest = cursor.valueSegment().get(ValueLayout.JAVA_LONG_UNALIGNED, cursor.valueOffset());
        assertThat(stamps).contains(newest);
      }
    }
    assertThat(versions[1]).isEqualTo(versions[2]).isEqualTo(versions[3]);
  }

  private static int get(MemTable table, byte[] key, long snapshot, MemTable.Result result) {
    MemorySegment k = MemorySegment.ofArray(key);
    return table.get(k, 0, key.length, Keys.hash(k, 0, key.length), snapshot, result);
  }
}
