package io.zapkv.bench.ring;

import io.zapkv.ring.Clock;
import io.zapkv.ring.CompletionHandler;
import io.zapkv.ring.Errno;
import io.zapkv.ring.Ring;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.RingOptions;
import io.zapkv.ring.Rings;
import io.zapkv.ring.sys.LinuxFile;
import io.zapkv.ring.sys.LinuxFile.Flag;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// Our side: one thread that keeps a ring full of operations at random places of a file.
final class RingLoad {
  private static final int ALIGNMENT = 4096;

  private final Rings rings;
  private final Path path;
  private final long fileBytes;
  private final Clock clock;

  RingLoad(Rings rings, Path path, long fileBytes, Clock clock) {
    this.rings = rings;
    this.path = path;
    this.fileBytes = fileBytes;
    this.clock = clock;
  }

  /// Runs one cell for some time; answers operations a second.
  double run(RingCell cell, double seconds) throws IOException {
    Flag[] flags = cell.direct() ? new Flag[] {Flag.WRITE, Flag.DIRECT} : new Flag[] {Flag.WRITE};
    try (Arena arena = Arena.ofShared();
        LinuxFile file = LinuxFile.open(path, flags);
        Ring ring = rings.open(RingOptions.of(cell.depth()))) {
      MemorySegment[] buffers = new MemorySegment[cell.depth()];
      for (int i = 0; i < buffers.length; i++) {
        buffers[i] = arena.allocate(cell.blockBytes(), ALIGNMENT);
        buffers[i].fill((byte) (i + 1));
      }
      return new Turn(cell, file, ring, buffers).run((long) (seconds * 1e9));
    }
  }

  private final class Turn implements CompletionHandler {
    private final RingCell cell;
    private final RingFile file;
    private final Ring ring;
    private final MemorySegment[] buffers;
    private final long blocks;
    private long random = 0x9e3779b97f4a7c15L;
    private long done;
    private boolean ending;

    Turn(RingCell cell, RingFile file, Ring ring, MemorySegment[] buffers) {
      this.cell = cell;
      this.file = file;
      this.ring = ring;
      this.buffers = buffers;
      blocks = fileBytes / cell.blockBytes();
    }

    double run(long nanos) {
      long start = clock.nanos();
      for (int i = 0; i < cell.depth(); i++) {
        submit(i);
      }
      while (!ending) {
        ring.await(this, cell.depth());
        ending = clock.nanos() - start >= nanos;
      }
      double rate = done * 1e9 / (clock.nanos() - start);
      while (ring.outstanding() > 0) {
        ring.await(this, cell.depth());
      }
      return rate;
    }

    private void submit(long token) {
      // Xorshift: cheap, and as good as fio's for choosing a place.
      random ^= random << 13;
      random ^= random >>> 7;
      random ^= random << 17;
      long offset = Long.remainderUnsigned(random, blocks) * cell.blockBytes();
      MemorySegment buffer = buffers[(int) token];
      boolean accepted =
          cell.write()
              ? ring.write(file, offset, buffer, 0, token)
              : ring.read(file, offset, buffer, 0, token);
      if (!accepted) {
        throw new AssertionError("a ring with a free slot refused an operation");
      }
      if (cell.direct()) {
        // As fio does. A disk that idles while a batch is put together loses more than the system
        // calls cost; what the page cache answers at once is better sent together.
        ring.flush();
      }
    }

    @Override
    public void onCompletion(long token, int result, long detail) {
      if (result != cell.blockBytes()) {
        throw new IllegalStateException(cell + " failed with " + Errno.name(-result));
      }
      done++;
      if (!ending) {
        submit(token);
      }
    }
  }
}
