package io.zapkv.engine.staging;

import io.zapkv.api.DeviceException;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.engine.base.Invariants;
import io.zapkv.engine.base.Keys;
import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.engine.format.SegmentHeaderDescriptor;
import io.zapkv.zns.StagingException;
import io.zapkv.zns.StagingStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The pool of staging segments: makes them, hands them out in order, takes them back for reuse,
/// and at open finds those that a crash left behind.
///
/// ```
///   recovered() ── replayed and flushed ──┐
///                                         ▼
///   next() ──► segment ──► release() ──► free ──► next() …
/// ```
///
/// **Threading.** Any thread; short lock. [#next] may take as long as making a piece takes unless
/// [#prepare] did that before.
///
/// **Memory.** Pieces of a [StagingStore] outlive the process and belong to the device; without a
/// store, plain memory that is freed by [#close].
///
/// **Bounds.** As many pieces as segments are in use at once, one more after [#prepare].
///
/// **Failures.** No room for a new piece: [OutOfSpaceException]; another trouble with it:
/// [DeviceException]. Nothing changed then.
public final class StagingArea implements AutoCloseable {
  private static final String PREFIX = "log-";
  private static final int PAGE_BYTES = 4096;
  private static final long WARM_BYTES = 1L << 20; // between two looks whether somebody waits

  private static final Comparator<RecoveredSegment> OLDEST_FIRST =
      Comparator.comparingInt((RecoveredSegment found) -> found.segment().epoch())
          .thenComparingLong(found -> found.segment().number());

  private final @Nullable StagingStore store;
  private final Arena plainMemory = Arena.ofShared();
  private final long segmentBytes;
  private final long storeId;
  private final int epoch;
  private final long bootHash;
  private final RandomGenerator tags;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition fetched = lock.newCondition();
  private final ArrayDeque<MemorySegment> free = new ArrayDeque<>();
  private final List<RecoveredSegment> recovered = new ArrayList<>();
  private final Map<Long, String> recoveredNames = new HashMap<>(); // by address
  private long nextNumber = 1;
  private int nextSlot;
  private boolean fetching;
  private volatile boolean isAwaited; // by who needs a segment now
  private int pieces; // of today's length

  /// Opens the area and looks at what `store` holds from before; changes nothing there.
  ///
  /// @param store memory that outlives the process, or null where there is none, or where the zones
  ///   do not outlive it either
  /// @param segmentBytes the length of each segment
  /// @param epoch of the segments to be started
  /// @param bootId names this run of the machine, empty where unknown
  /// @param tags where tags come from: they must not be guessable by who chooses values
  public StagingArea(
      @Nullable StagingStore store,
      long segmentBytes,
      long storeId,
      int epoch,
      String bootId,
      RandomGenerator tags) {
    Invariants.check(
        segmentBytes >= StagingSegment.BYTES_MIN
            && segmentBytes <= StagingSegment.BYTES_MAX
            && segmentBytes % SegmentHeaderDescriptor.BYTES == 0,
        "a segment is whole pages, 8 KiB to 1 GiB");
    this.store = store;
    this.segmentBytes = segmentBytes;
    this.storeId = storeId;
    this.epoch = epoch;
    this.bootHash = bootHash(bootId);
    this.tags = tags;
    if (store != null) {
      findPieces(store);
    }
  }

  /// The segments of a store that `from` holds, oldest first, for who only looks.
  public static List<RecoveredSegment> look(StagingStore from, long storeId, String bootId) {
    long bootHash = bootHash(bootId);
    List<RecoveredSegment> found = new ArrayList<>();
    for (String name : from.names()) {
      long bytes = bytesOf(name);
      RecoveredSegment segment =
          bytes < 0 ? null : segmentIn(from.map(name, bytes), storeId, bootHash);
      if (segment != null) {
        found.add(segment);
      }
    }
    found.sort(OLDEST_FIRST);
    return found;
  }

  /// Copies every piece of a closed store to where there are none.
  public static void copy(StagingStore from, StagingStore to) {
    for (String name : from.names()) {
      long bytes = bytesOf(name);
      if (bytes >= 0) {
        to.map(name, bytes).copyFrom(from.map(name, bytes));
      }
    }
  }

  /// Deletes every piece of a closed store.
  public static void erase(StagingStore from) {
    for (String name : from.names()) {
      if (bytesOf(name) >= 0) {
        from.delete(name);
      }
    }
  }

  /// A segment of plain memory beside the pool: for the records of a replay, which are safe where
  /// they came from until their table is.
  ///
  /// @param arena owns the memory
  public static StagingSegment scratch(Arena arena, long segmentBytes, long baseSequence) {
    return StagingSegment.start(
        arena.allocate(segmentBytes, SegmentHeaderDescriptor.BYTES),
        new SegmentHeaderDescriptor(0, 0, 1, 0, baseSequence, segmentBytes, 0));
  }

  /// The segments found at open that hold this store's records, oldest first. They stay as they are
  /// until [#discardRecovered].
  public List<RecoveredSegment> recovered() {
    lock.lock();
    try {
      return List.copyOf(recovered);
    } finally {
      lock.unlock();
    }
  }

  /// Gives the recovered segments up: all they held is in tables, and their memory is reused.
  public void discardRecovered() {
    lock.lock();
    try {
      for (RecoveredSegment segment : recovered) {
        recycle(segment.segment().memory());
      }
      recovered.clear();
    } finally {
      lock.unlock();
    }
  }

  /// Starts the next segment.
  ///
  /// @param baseSequence where the segment before ended, so that no sequence is left out
  public StagingSegment next(long baseSequence) {
    lock.lock();
    try {
      MemorySegment memory = takeFree();
      SegmentHeaderDescriptor before = SegmentHeaderDescriptor.read(memory);
      return StagingSegment.start(
          memory,
          new SegmentHeaderDescriptor(
              storeId,
              epoch,
              drawTag(before == null ? 0 : before.tag()),
              nextNumber++,
              baseSequence,
              segmentBytes,
              bootHash));
    } finally {
      lock.unlock();
    }
  }

  /// Whether the next [#next] need not wait.
  public boolean isReady() {
    lock.lock();
    try {
      return !free.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private MemorySegment takeFree() {
    try {
      while (free.isEmpty()) {
        isAwaited = true;
        if (fetching) {
          fetched.awaitUninterruptibly();
        } else {
          fetch();
        }
      }
      return free.removeFirst();
    } finally {
      isAwaited = false;
    }
  }

  /// Makes sure that the next [#next] need not wait for fresh memory, nor the writers who get it
  /// for its pages.
  public void prepare() {
    lock.lock();
    try {
      if (free.isEmpty() && !fetching) {
        fetch();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Takes a segment back. Its records are in tables, durably, and nobody looks at it any more.
  public void release(StagingSegment segment) {
    lock.lock();
    try {
      free.addLast(segment.memory());
    } finally {
      lock.unlock();
    }
  }

  /// The longest record or batch, its header included, that an empty segment takes.
  public long claimBytesMax() {
    return segmentBytes - SegmentHeaderDescriptor.BYTES;
  }

  /// Bytes of all pieces in use or free.
  public long heldBytes() {
    lock.lock();
    try {
      return pieces * segmentBytes;
    } finally {
      lock.unlock();
    }
  }

  /// Frees plain memory; nobody may look at any segment any more. Idempotent.
  @Override
  public void close() {
    lock.lock();
    try {
      if (plainMemory.scope().isAlive()) {
        plainMemory.close();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Fetches memory that no segment had before, outside the lock, since that takes long: whoever
  /// comes for a segment that is there already does not wait for it.
  private void fetch() {
    fetching = true;
    int slot = nextSlot++;
    MemorySegment memory = null;
    lock.unlock();
    try {
      memory =
          store == null
              ? plainMemory.allocate(segmentBytes, SegmentHeaderDescriptor.BYTES)
              : map(store, name(slot));
      warm(memory);
    } finally {
      lock.lock();
      fetching = false;
      fetched.signalAll();
      if (memory != null) {
        free.addLast(memory);
        pieces++;
      }
    }
  }

  /// Stores into each page what it holds already, so that no writer meets a fault there. That takes
  /// several times as long as making the piece did: where somebody waits for it, faults one by one
  /// are the shorter wait.
  private void warm(MemorySegment piece) {
    for (long at = 0; at < piece.byteSize(); at += PAGE_BYTES) {
      if (at % WARM_BYTES == 0 && isAwaited) {
        return;
      }
      piece.set(ValueLayout.JAVA_BYTE, at, piece.get(ValueLayout.JAVA_BYTE, at));
    }
  }

  private MemorySegment map(StagingStore from, String name) {
    try {
      return from.map(name, segmentBytes);
    } catch (StagingException e) {
      String where = "staging memory " + name;
      String expected = segmentBytes + " bytes for the log";
      if (e.isFull()) { // room may be made: whoever writes may try again
        throw new OutOfSpaceException(where, expected, e.what(), e.advice(), e);
      }
      throw new DeviceException(where, expected, e.what(), e.advice(), e);
    }
  }

  private String name(int slot) {
    return PREFIX + segmentBytes + "-" + slot;
  }

  private void findPieces(StagingStore from) {
    for (String name : from.names()) {
      long bytes = bytesOf(name);
      if (bytes < 0) {
        continue; // not ours
      }
      MemorySegment memory = from.map(name, bytes);
      if (bytes == segmentBytes) {
        nextSlot = Math.max(nextSlot, slotOf(name) + 1);
        pieces++;
      }
      recoveredNames.put(memory.address(), name);
      RecoveredSegment segment = segmentIn(memory, storeId, bootHash);
      if (segment == null) {
        recycle(memory);
        continue;
      }
      recovered.add(segment);
      nextNumber = Math.max(nextNumber, segment.segment().number() + 1);
    }
    recovered.sort(OLDEST_FIRST);
  }

  private static @Nullable RecoveredSegment segmentIn(
      MemorySegment memory, long storeId, long bootHash) {
    SegmentHeaderDescriptor header = SegmentHeaderDescriptor.read(memory);
    if (header == null || header.storeId() != storeId) {
      return null;
    }
    boolean trusted = bootHash != 0 && header.bootHash() == bootHash;
    return new RecoveredSegment(new StagingSegment(memory, header), trusted);
  }

  // A piece of another length than today's segments is of no more use.
  private void recycle(MemorySegment memory) {
    String name = recoveredNames.remove(memory.address());
    if (memory.byteSize() == segmentBytes) {
      free.addLast(memory);
    } else if (store != null && name != null) {
      store.delete(name);
    }
  }

  private int drawTag(int before) {
    int tag = before;
    while (tag == before || tag == 0) {
      tag = tags.nextInt();
    }
    return tag;
  }

  /// The bytes that a piece of this name has, or -1 where the name is none of ours.
  private static long bytesOf(String name) {
    int dash = name.indexOf('-', PREFIX.length());
    if (!name.startsWith(PREFIX) || dash < 0 || slotOf(name) < 0) {
      return -1;
    }
    long bytes = decimal(name.substring(PREFIX.length(), dash));
    return bytes >= StagingSegment.BYTES_MIN && bytes <= StagingSegment.BYTES_MAX ? bytes : -1;
  }

  private static int slotOf(String name) {
    return (int) decimal(name.substring(name.lastIndexOf('-') + 1));
  }

  private static long decimal(String digits) {
    if (digits.isEmpty() || digits.length() > 10) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value <= Integer.MAX_VALUE ? value : -1;
  }

  private static long bootHash(String bootId) {
    byte[] bytes = bootId.getBytes(StandardCharsets.UTF_8);
    return bytes.length == 0 ? 0 : Keys.hash(MemorySegment.ofArray(bytes), 0, bytes.length);
  }

  /// A segment that an earlier process left behind.
  ///
  /// @param segment as it was found
  /// @param isTrusted whether the machine has run ever since it was written: then the memory holds
  ///   all that was published
  public record RecoveredSegment(StagingSegment segment, boolean isTrusted) {
    /// Walks its records from the claim at `sequence` on.
    public RecordWalker walk(long sequence) {
      StagingSegment of = segment;
      long tail = of.tailBytes();
      boolean tailIsPlausible = tail >= SegmentHeaderDescriptor.BYTES && tail <= of.segmentBytes();
      return new RecordWalker(
          of.memory(),
          of.tag(),
          sequence,
          of.offset(sequence),
          isTrusted && tailIsPlausible && tail % RecordDescriptor.ALIGNMENT == 0
              ? tail
              : of.segmentBytes(),
          isTrusted ? RecordWalker.Gaps.STEP_OVER : RecordWalker.Gaps.STOP);
    }
  }
}
