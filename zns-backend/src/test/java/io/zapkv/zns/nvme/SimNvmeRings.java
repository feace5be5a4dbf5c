package io.zapkv.zns.nvme;

import io.zapkv.ring.CompletionHandler;
import io.zapkv.ring.Ring;
import io.zapkv.ring.RingException;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.RingStats;
import io.zapkv.zns.RingSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Rings to a [SimNvme]: a command is executed some time after its flush, in an order drawn from a
/// seed.
final class SimNvmeRings implements RingSource {
  private final SimNvme device;
  private final AtomicLong seeds;
  boolean isClosed;

  /// What the rings throw once they have carried so many commands; null: nothing.
  @Nullable RingException broken;

  /// Whether nothing comes back then.
  boolean isSilent;

  int soundCommands;
  private int commands;

  SimNvmeRings(SimNvme device, long seed) {
    this.device = device;
    seeds = new AtomicLong(seed << 16);
  }

  @Override
  public Ring open(int capacity) {
    return new SimNvmeRing(capacity, new SplittableRandom(seeds.getAndIncrement()));
  }

  @Override
  public long patienceNanos() {
    return 10_000_000;
  }

  @Override
  public String description() {
    return "simulated controller";
  }

  @Override
  public void close() {
    isClosed = true;
  }

  private record Entry(MemorySegment command, long token) {}

  private static final MemorySegment NOP = MemorySegment.NULL;

  private final class SimNvmeRing implements Ring {
    private final Arena arena = Arena.ofShared();
    private final int capacity;
    private final SplittableRandom random;
    private final List<Entry> queued = new ArrayList<>();
    private final List<Entry> inFlight = new ArrayList<>();
    private boolean closed;

    SimNvmeRing(int capacity, SplittableRandom random) {
      this.capacity = capacity;
      this.random = random;
    }

    @Override
    public int capacity() {
      return capacity;
    }

    @Override
    public int outstanding() {
      return queued.size() + inFlight.size();
    }

    @Override
    public boolean command(
        RingFile file, int operation, MemorySegment command, int flags, long token) {
      // _IOWR('N', 0x80, struct nvme_uring_cmd)
      if (file != device.file() || operation != 0xC0484E80 || command.byteSize() != 72) {
        throw new AssertionError("not a command for an NVMe namespace");
      }
      commands++;
      return add(arena.allocate(72, 8).copyFrom(command), token);
    }

    @Override
    public boolean nop(int flags, long token) {
      return add(NOP, token);
    }

    private boolean add(MemorySegment command, long token) {
      if (closed) {
        throw new IllegalStateException("the ring is closed");
      }
      if (outstanding() == capacity) {
        return false;
      }
      queued.add(new Entry(command, token));
      return true;
    }

    @Override
    public int flush() {
      if (broken != null && commands > soundCommands) {
        throw broken;
      }
      int count = queued.size();
      inFlight.addAll(queued);
      queued.clear();
      return count;
    }

    @Override
    public int poll(CompletionHandler handler, int limit) {
      if (isSilent && commands > soundCommands) {
        return 0;
      }
      int delivered = 0;
      long[] detail = {0};
      while (delivered < limit && !inFlight.isEmpty()) {
        Entry entry = inFlight.remove(random.nextInt(inFlight.size()));
        detail[0] = 0;
        int result = entry.command.equals(NOP) ? 0 : device.execute(entry.command, detail);
        delivered++;
        handler.onCompletion(entry.token, result, detail[0]);
      }
      return delivered;
    }

    @Override
    public int await(CompletionHandler handler, int limit, long timeoutNanos) {
      flush();
      return poll(handler, limit);
    }

    /// The device has every command at once.
    @Override
    public void cancel(long token) {}

    @Override
    public boolean read(RingFile file, long offset, MemorySegment target, int flags, long token) {
      throw new AssertionError("passthrough has commands only");
    }

    @Override
    public boolean write(RingFile file, long offset, MemorySegment source, int flags, long token) {
      throw new AssertionError("passthrough has commands only");
    }

    @Override
    public boolean writev(
        RingFile file, long offset, MemorySegment[] sources, int count, int flags, long token) {
      throw new AssertionError("passthrough has commands only");
    }

    @Override
    public boolean sync(RingFile file, int flags, long token) {
      throw new AssertionError("passthrough has commands only");
    }

    @Override
    public RingStats stats() {
      return new RingStats(0, 0, 0, 0);
    }

    @Override
    public void close() {
      if (!closed) {
        poll((_, _, _) -> {}, Integer.MAX_VALUE);
        closed = true;
        arena.close();
      }
    }
  }
}
