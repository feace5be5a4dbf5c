package io.zapkv.engine.append;

import io.zapkv.engine.base.Invariants;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// A queue and a buffer for one read at a time: whole blocks come in, the bytes asked for go out.
final class QueueReader implements ZoneHandler, AutoCloseable {
  private final ZoneQueue queue;
  private final MemorySegment buffer;
  private final int blockBytes;
  private final long zoneBytes;
  private @Nullable ZoneFailure failure;

  QueueReader(ZoneQueue queue, MemorySegment buffer, Geometry geometry) {
    this.queue = queue;
    this.buffer = buffer;
    blockBytes = geometry.blockBytes();
    zoneBytes = geometry.zoneCapacityBytes();
  }

  /// Moves as many bytes as the buffer holds from `offset` in `zone` to `target` at `done`.
  ///
  /// @return how many, or -1 where the device failed twice, see [#failure]
  long read(int zone, long offset, MemorySegment target, long done) {
    long block = offset / blockBytes;
    long skip = offset - block * blockBytes;
    long wanted = Math.min(buffer.byteSize() - skip, target.byteSize() - done);
    long whole = Math.ceilDiv(skip + wanted, blockBytes) * blockBytes;
    assert block * blockBytes + whole <= zoneBytes : "the caller checked the bounds";
    MemorySegment blocks = buffer.asSlice(0, whole);
    if (!readBlocks(zone, block, blocks)
        && (failure != ZoneFailure.MEDIA_READ || !readBlocks(zone, block, blocks))) { // F12
      return -1;
    }
    MemorySegment.copy(blocks, skip, target, done, wanted);
    return wanted;
  }

  private boolean readBlocks(int zone, long block, MemorySegment blocks) {
    failure = null;
    boolean queued = queue.read(ZoneAddress.of(zone, block), blocks, 0, 0);
    Invariants.check(queued, "a queue of depth one was not empty");
    while (queue.outstanding() > 0) {
      queue.await(this, 1);
    }
    return failure == null;
  }

  /// Why the last read failed.
  ZoneFailure failure() {
    ZoneFailure last = failure;
    if (last == null) {
      throw new AssertionError("the last read succeeded");
    }
    return last;
  }

  @Override
  public void onDone(long token, int bytes, long address) {}

  @Override
  public void onFailed(long token, ZoneFailure reason) {
    failure = reason;
  }

  /// Whether no read can succeed any more; then the buffer must not be freed (F18).
  boolean isLost() {
    return queue.isLost();
  }

  @Override
  public void close() {
    queue.close();
  }
}
