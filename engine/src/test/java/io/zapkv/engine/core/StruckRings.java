package io.zapkv.engine.core;

import io.zapkv.ring.Ring;
import io.zapkv.ring.RingException;
import io.zapkv.ring.RingOptions;
import io.zapkv.ring.Rings;
import io.zapkv.zns.RingSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicLong;

/// Rings of which one is struck at a call that a test names: the kernel will have no more to do
/// with it, or nothing comes from it any more until what is under way is cancelled.
final class StruckRings implements RingSource {
  enum Blow {
    BREAKS,
    FALLS_SILENT
  }

  private final Rings rings = Rings.choose(Rings.Choice.POOL, 1, Thread::new);
  private final Blow blow;
  private volatile boolean isKnown;
  private volatile boolean isJournalAppend;

  /// Which call is struck; counted from the moment it is set.
  private final AtomicLong callsLeft = new AtomicLong(Long.MAX_VALUE);

  StruckRings(Blow blow) {
    this.blow = blow;
  }

  void strikeAt(long call) {
    callsLeft.set(call);
  }

  boolean hasStruck() {
    return callsLeft.get() <= 0;
  }

  /// Whether an append to a metadata zone was struck, of which there are two.
  boolean wasJournalAppend() {
    return isJournalAppend;
  }

  private static boolean calledBy(String type, String method) {
    return StackWalker.getInstance()
        .walk(frames ->
            frames.anyMatch(frame ->
                frame.getClassName().endsWith("." + type)
                    && frame.getMethodName().endsWith(method)));
  }

  @Override
  public Ring open(int capacity) {
    Ring ring = rings.open(RingOptions.of(capacity));
    Object proxy =
        Proxy.newProxyInstance(
            Ring.class.getClassLoader(), new Class<?>[] {Ring.class}, new Blows(ring)::call);
    return (Ring) proxy;
  }

  @Override
  public String description() {
    return "struck";
  }

  @Override
  public void close() {
    rings.close();
  }

  private final class Blows {
    private final Ring ring;
    private boolean struck;

    Blows(Ring ring) {
      this.ring = ring;
    }

    private Object call(Object proxy, Method method, Object[] arguments) throws Throwable {
      boolean moves =
          switch (method.getName()) {
            case "flush", "poll", "await" -> true;
            case "cancel" -> {
              struck &= blow == Blow.BREAKS;
              yield false;
            }
            default -> false;
          };
      if (moves) {
        struck |= ring.outstanding() > 0 && callsLeft.decrementAndGet() == 0;
        if (struck && !isKnown) {
          isKnown = true;
          isJournalAppend = calledBy("JournalWriter", "") && !calledBy("AppendStream", "Sync");
        }
        if (struck && blow == Blow.BREAKS) {
          throw new RingException("io_uring_enter failed with EBADR", 53, "open the store again");
        }
        if (struck) {
          ring.flush();
          return 0; // as if its time were over
        }
      }
      try {
        return method.invoke(ring, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }
}
