package io.zapkv.zns.emulated;

import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneCommand;
import io.zapkv.zns.ZoneCounts;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneGroup;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import io.zapkv.zns.ZoneStateMachine;
import io.zapkv.zns.ZoneTransition;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The states of all zones of a device, and the slots they hold.
///
/// An append is decided here, in an instant, and copied elsewhere: so many threads write one zone
/// at once (S1). A zone's state is one 64-bit word, see [ZoneWord], in memory that may be a mapped
/// file.
///
/// **Threading.** Any thread. Decisions are made under one short lock; reports and read checks look
/// at a word without it.
///
/// **Memory.** An append to an open zone allocates nothing.
///
/// **Failures.** A refusal is a value: a negative answer carries a [ZoneFailure]. To finish or
/// reset a zone while data are on their way to it is a bug of the caller (D17, D18), hence an
/// [AssertionError].
final class EmulatedZones {
  private static final ZoneFailure[] FAILURES = ZoneFailure.values();

  /// Below every address, and apart from [ZoneAddress#NONE].
  private static final long REFUSED = -2;

  private static final VarHandle WORD =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

  private final ReentrantLock lock = new ReentrantLock();
  private final Geometry geometry;
  private final MemorySegment words;
  private final AtomicIntegerArray inFlight;
  private int implicitlyOpen;
  private int explicitlyOpen;
  private int closed;

  /// Where the search for a zone to close goes on (D14).
  private int closeCursor;

  /// How often a state, and not only a pointer, has changed.
  private volatile long transitions;

  /// Takes over `words`, one for each zone, as they are.
  EmulatedZones(Geometry geometry, MemorySegment words) {
    this.geometry = geometry;
    this.words = words;
    inFlight = new AtomicIntegerArray(geometry.zones());
    for (int zone = 0; zone < geometry.zones(); zone++) {
      count(ZoneWord.state(word(zone)), 1);
    }
  }

  static void initialize(MemorySegment words, int zones) {
    for (int zone = 0; zone < zones; zone++) {
      WORD.setRelease(words, zone * 8L, ZoneWord.of(zone, ZoneState.EMPTY, 0, false));
    }
  }

  static boolean isRefused(long answer) {
    return answer <= REFUSED;
  }

  static ZoneFailure failure(long answer) {
    return FAILURES[(int) (REFUSED - answer)];
  }

  @SuppressWarnings("EnumOrdinal") // lives no longer than the answer
  private static long refused(ZoneFailure failure) {
    return REFUSED - failure.ordinal();
  }

  /// Gives `blocks` blocks of a zone to an append; they are in flight until [#landed].
  ///
  /// @return the address, or a refusal
  long append(int zone, long blocks) {
    lock.lock();
    try {
      return place(zone, ZoneWord.pointerBlocks(word(zone)), blocks);
    } finally {
      lock.unlock();
    }
  }

  /// The same in whichever zone of a group has room (S2), looking from the `start`-th on. An open
  /// zone is taken before one that needs a slot.
  long appendAny(ZoneGroup group, int start, long blocks) {
    lock.lock();
    try {
      for (int i = 0; i < group.size(); i++) {
        int zone = group.zone((start + i) % group.size());
        if (ZoneWord.state(word(zone)).isOpen()) {
          long answer = place(zone, ZoneWord.pointerBlocks(word(zone)), blocks);
          if (!isRefused(answer)) {
            return answer;
          }
        }
      }
      return appendToUnopened(group, start, blocks);
    } finally {
      lock.unlock();
    }
  }

  /// A missing slot is the failure to tell before a full zone: it passes.
  private long appendToUnopened(ZoneGroup group, int start, long blocks) {
    long refusal = refused(ZoneFailure.FULL);
    for (int i = 0; i < group.size(); i++) {
      int zone = group.zone((start + i) % group.size());
      if (ZoneWord.state(word(zone)).isOpen()) {
        continue;
      }
      long answer = place(zone, ZoneWord.pointerBlocks(word(zone)), blocks);
      if (!isRefused(answer)) {
        return answer;
      }
      refusal =
          switch (failure(answer)) {
            case TOO_MANY_OPEN, TOO_MANY_ACTIVE -> answer;
            case FULL,
                BOUNDARY,
                TOO_MANY_FILES,
                READ_ONLY,
                OFFLINE,
                INVALID_WRITE,
                INVALID_TRANSITION,
                MEDIA_READ,
                MEDIA_WRITE,
                UNWRITTEN,
                CANCELED,
                TRANSPORT,
                PROTOCOL ->
                refusal;
          };
    }
    return refusal;
  }

  /// Gives the blocks at an exact address to a write (A9); they are in flight until [#landed].
  long write(long address, long blocks) {
    lock.lock();
    try {
      return place(ZoneAddress.zone(address), ZoneAddress.block(address), blocks);
    } finally {
      lock.unlock();
    }
  }

  private long place(int zone, long block, long blocks) {
    long word = word(zone);
    ZoneState state = ZoneWord.state(word);
    long pointer = ZoneWord.pointerBlocks(word);
    if (state.isOpen()) {
      ZoneFailure refusal = ZoneStateMachine.refusal(geometry, state, pointer, block, blocks);
      if (refusal != null) {
        return refused(refusal);
      }
      long newPointer = pointer + blocks;
      move(zone, word, ZoneStateMachine.stateAfter(geometry, state, newPointer), newPointer);
    } else {
      ZoneFailure refusal = command(zone, new ZoneCommand.Write(block, blocks));
      if (refusal != null) {
        return refused(refusal);
      }
    }
    inFlight.incrementAndGet(zone);
    return ZoneAddress.of(zone, block);
  }

  /// An append or write has arrived in the store, or failed to.
  void landed(int zone) {
    inFlight.decrementAndGet(zone);
  }

  /// Whether blocks can be read: all of them below the pointer (D5).
  @Nullable ZoneFailure readable(long address, long blocks) {
    long word = word(ZoneAddress.zone(address));
    return switch (ZoneWord.state(word)) {
      case OFFLINE -> ZoneFailure.OFFLINE;
      case EMPTY, IMPLICITLY_OPEN, EXPLICITLY_OPEN, CLOSED, READ_ONLY, FULL ->
          blocks > ZoneWord.pointerBlocks(word) - ZoneAddress.block(address)
              ? ZoneFailure.UNWRITTEN
              : null;
    };
  }

  /// Opens, closes, finishes or resets a zone; answers why not, or null.
  @Nullable ZoneFailure manage(ZoneAction action, int zone) {
    lock.lock();
    try {
      return switch (action) {
        case OPEN -> command(zone, new ZoneCommand.Open());
        case CLOSE -> command(zone, new ZoneCommand.Close());
        case FINISH -> {
          checkQuiet(zone);
          yield command(zone, new ZoneCommand.Finish());
        }
        case RESET -> {
          checkQuiet(zone);
          yield command(zone, new ZoneCommand.Reset());
        }
      };
    } finally {
      lock.unlock();
    }
  }

  /// Requires: nothing in flight to the zone (D17, D18).
  void checkQuiet(int zone) {
    int count = inFlight.get(zone);
    if (count != 0) {
      throw new AssertionError(
          "zone " + zone + " is to be finished or reset with " + count + " writes in flight");
    }
  }

  /// The store has given the zone's blocks back, see [ZoneReport#writtenBefore].
  void discarded(int zone) {
    lock.lock();
    try {
      long word = word(zone);
      set(zone, ZoneWord.of(zone, ZoneWord.state(word), ZoneWord.pointerBlocks(word), false));
    } finally {
      lock.unlock();
    }
  }

  /// Below it lies all that was ever decided for this zone since its last reset.
  long pointerBlocks(int zone) {
    return ZoneWord.pointerBlocks(word(zone));
  }

  ZoneReport report(int zone) {
    long word = word(zone);
    ZoneState state = ZoneWord.state(word);
    long pointer =
        switch (state) {
          case EMPTY, IMPLICITLY_OPEN, EXPLICITLY_OPEN, CLOSED -> ZoneWord.pointerBlocks(word);
          case FULL -> geometry.zoneCapacityBlocks();
          case READ_ONLY, OFFLINE -> -1;
        };
    return new ZoneReport(
        zone, state, pointer, geometry.zoneCapacityBlocks(), ZoneWord.isWritten(word));
  }

  /// Counts changes of state since the device was opened.
  long transitions() {
    return transitions;
  }

  private @Nullable ZoneFailure command(int zone, ZoneCommand command) {
    long word = word(zone);
    ZoneCounts counts = new ZoneCounts(implicitlyOpen, explicitlyOpen, closed);
    ZoneTransition transition =
        ZoneStateMachine.apply(
            geometry, counts, ZoneWord.state(word), ZoneWord.pointerBlocks(word), command);
    return switch (transition) {
      case ZoneTransition.Refused(ZoneFailure why) -> why;
      case ZoneTransition.Moved(ZoneState state, long pointer, boolean closesAnother) -> {
        if (closesAnother) {
          closeAnother();
        }
        move(zone, word, state, pointer);
        yield null;
      }
    };
  }

  private void closeAnother() {
    for (int i = 0; i < geometry.zones(); i++) {
      int zone = (closeCursor + i) % geometry.zones();
      long word = word(zone);
      if (ZoneWord.state(word) == ZoneState.IMPLICITLY_OPEN) {
        move(zone, word, ZoneState.CLOSED, ZoneWord.pointerBlocks(word));
        closeCursor = zone + 1;
        return;
      }
    }
    throw new AssertionError("no zone is implicitly open, but " + implicitlyOpen + " were counted");
  }

  private void move(int zone, long word, ZoneState state, long pointer) {
    boolean written = ZoneWord.isWritten(word) || pointer > 0;
    set(zone, ZoneWord.of(zone, state, pointer, written));
    ZoneState before = ZoneWord.state(word);
    if (before != state) {
      count(before, -1);
      count(state, 1);
      recordTransition();
    }
  }

  /// After the word, so that who reads the count has the word before it.
  @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
  private void recordTransition() {
    transitions++;
  }

  private void count(ZoneState state, int change) {
    switch (state) {
      case IMPLICITLY_OPEN -> implicitlyOpen += change;
      case EXPLICITLY_OPEN -> explicitlyOpen += change;
      case CLOSED -> closed += change;
      case EMPTY, READ_ONLY, FULL, OFFLINE -> {}
    }
  }

  private long word(int zone) {
    return (long) WORD.getAcquire(words, zone * 8L);
  }

  private void set(int zone, long word) {
    WORD.setRelease(words, zone * 8L, word);
  }
}
