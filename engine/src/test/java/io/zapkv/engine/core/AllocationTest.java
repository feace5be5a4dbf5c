package io.zapkv.engine.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.zapkv.Zap;
import io.zapkv.api.Cursor;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.ZapStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What calls of the whole store leave on the Java heap: nothing but the value that a get answers.
class AllocationTest {
  private static final int RECORDS = 20_000;
  private static final int KEY_BYTES = 16;
  private static final int VALUE_BYTES = 104;
  private static final int ARRAY_HEADER_BYTES = 16;
  private static final int CALLS = 5_000;
  private static final int ROUNDS_MAX = 400;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Arena arena = Arena.ofConfined();
  private final byte[] key = new byte[KEY_BYTES];
  private final MemorySegment keyView = MemorySegment.ofArray(key);
  private final MemorySegment keySegment = arena.allocate(KEY_BYTES);
  private final byte[] value = new byte[VALUE_BYTES];
  private final MemorySegment valueSegment = arena.allocate(VALUE_BYTES);
  private ZapStore store;
  private byte[] answer; // kept, so that the compiler cannot leave the array out
  private int at;

  @BeforeEach
  void open() {
    store = Zap.open("mem:?zones=64&capacity=16MiB", StoreOptions.defaults());
    for (int i = 0; i < RECORDS; i++) {
      draw(i);
      store.put(key, value);
    }
  }

  @AfterEach
  void close() {
    store.close();
    arena.close();
  }

  @Test
  void aPutOfSegmentsAllocatesNothing() {
    assertThat(bytesEach(0, () -> store.put(keySegment, valueSegment))).isZero();
  }

  @Test
  void aPutOfArraysAllocatesNothing() {
    assertThat(bytesEach(0, () -> store.put(key, value))).isZero();
  }

  @Test
  void aDeleteAllocatesNothing() {
    assertThat(bytesEach(0, () -> store.delete(key))).isZero();
  }

  @Test
  void aGetIntoASegmentAllocatesNothing() {
    assertThat(bytesEach(0, () -> store.get(keySegment, valueSegment))).isZero();
    store.flush();
    assertThat(bytesEach(0, () -> store.get(keySegment, valueSegment))).isZero();
  }

  @Test
  void aGetAllocatesTheValueOnly() {
    long least = ARRAY_HEADER_BYTES + VALUE_BYTES;
    assertThat(bytesEach(least, () -> answer = store.get(key))).isEqualTo(least);
    store.flush();
    assertThat(bytesEach(least, () -> answer = store.get(key))).isEqualTo(least);
  }

  @Test
  void aStepOfAScanAllocatesNothing() {
    try (Cursor cursor = store.cursor()) {
      assertThat(bytesEach(0, () -> stepUp(cursor))).isZero();
      assertThat(bytesEach(0, () -> stepDown(cursor))).isZero();
    }
  }

  private void stepUp(Cursor cursor) {
    if (!cursor.isValid()) {
      cursor.first();
    }
    cursor.key(keySegment);
    cursor.value(valueSegment);
    cursor.next();
  }

  private void stepDown(Cursor cursor) {
    if (!cursor.isValid()) {
      cursor.last();
    }
    cursor.key(keySegment);
    cursor.value(valueSegment);
    cursor.prev();
  }

  /// The least of many rounds: the compiler needs some, and what counts is that rounds without
  /// garbage come.
  private long bytesEach(long wanted, Runnable call) {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS_MAX && least > wanted; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        draw(at++ % RECORDS);
        call.run();
      }
      long bytes = threads.getCurrentThreadAllocatedBytes() - before;
      least = Math.min(least, bytes / CALLS);
    }
    return least;
  }

  private void draw(int number) {
    keyView.set(ValueLayout.JAVA_INT_UNALIGNED, KEY_BYTES - Integer.BYTES, number);
    MemorySegment.copy(keyView, 0, keySegment, 0, KEY_BYTES);
  }
}
