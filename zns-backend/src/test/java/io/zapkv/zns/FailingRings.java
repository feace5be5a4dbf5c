package io.zapkv.zns;

import io.zapkv.ring.CompletionHandler;
import io.zapkv.ring.Ring;
import io.zapkv.ring.RingException;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.RingStats;
import io.zapkv.ring.pool.RingWorkers;
import io.zapkv.ring.pool.ThreadPoolRing;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Rings that answer with results put up by a test, instead of those of the operations; that break;
/// or from which nothing comes any more.
final class FailingRings implements RingSource {
  private final RingWorkers workers = RingWorkers.start(1, Thread::new);

  /// Results of the next completions that are not no-ops; none: as it was.
  final Deque<Integer> results = new ArrayDeque<>();

  /// What every call of the rings that are open throws; null: nothing.
  @Nullable RingException broken;

  /// What opening a ring throws; null: nothing.
  @Nullable RingException refused;

  /// Whether completions stay away. Those of operations that are cancelled come, unless [#isDeaf].
  boolean isSilent;

  boolean isDeaf;
  final List<Long> cancelled = new ArrayList<>();
  int openRings;
  boolean closed;

  @Override
  public Ring open(int capacity) {
    if (refused != null) {
      throw refused;
    }
    openRings++;
    return new FailingRing(new ThreadPoolRing(capacity, workers));
  }

  @Override
  public String description() {
    return "failing";
  }

  @Override
  public long patienceNanos() {
    return 20_000_000;
  }

  @Override
  public void close() {
    closed = true;
    workers.close();
  }

  private final class FailingRing implements Ring {
    private final Ring ring;

    FailingRing(Ring ring) {
      this.ring = ring;
    }

    @Override
    public int capacity() {
      return ring.capacity();
    }

    @Override
    public int outstanding() {
      return ring.outstanding();
    }

    @Override
    public boolean read(
        RingFile file, long offsetBytes, MemorySegment target, int flags, long token) {
      return ring.read(file, offsetBytes, target, flags, token);
    }

    @Override
    public boolean write(
        RingFile file, long offsetBytes, MemorySegment source, int flags, long token) {
      return ring.write(file, offsetBytes, source, flags, token);
    }

    @Override
    public boolean writev(
        RingFile file,
        long offsetBytes,
        MemorySegment[] sources,
        int count,
        int flags,
        long token) {
      return ring.writev(file, offsetBytes, sources, count, flags, token);
    }

    @Override
    public boolean command(
        RingFile file, int operation, MemorySegment command, int flags, long token) {
      return ring.command(file, operation, command, flags, token);
    }

    @Override
    public boolean sync(RingFile file, int flags, long token) {
      return ring.sync(file, flags, token);
    }

    @Override
    public boolean nop(int flags, long token) {
      return ring.nop(flags, token);
    }

    @Override
    public int flush() {
      check();
      return ring.flush();
    }

    @Override
    public int poll(CompletionHandler handler, int limit) {
      check();
      return isSilent ? 0 : ring.poll(changing(handler), limit);
    }

    @Override
    public int await(CompletionHandler handler, int limit, long timeoutNanos) {
      check();
      if (isSilent) {
        ring.flush();
        LockSupport.parkNanos(Math.min(timeoutNanos, 1_000_000));
        return 0;
      }
      return ring.await(changing(handler), limit, timeoutNanos);
    }

    @Override
    public void cancel(long token) {
      check();
      cancelled.add(token);
      isSilent &= isDeaf;
      ring.cancel(token);
    }

    private void check() {
      if (broken != null) {
        throw broken;
      }
    }

    private CompletionHandler changing(CompletionHandler handler) {
      return (token, result, detail) ->
          handler.onCompletion(token, results.isEmpty() ? result : results.removeFirst(), detail);
    }

    @Override
    public RingStats stats() {
      return ring.stats();
    }

    @Override
    public void close() {
      openRings--;
      ring.close();
    }
  }
}
