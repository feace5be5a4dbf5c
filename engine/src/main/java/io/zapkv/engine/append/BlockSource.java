package io.zapkv.engine.append;

import io.zapkv.api.CorruptionException;
import io.zapkv.api.DeviceException;
import io.zapkv.engine.zone.ZoneFailures;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Reads bytes of chunks that landed: in place where the device is mapped, else through a small
/// pool of queues.
///
/// **Threading.** Any thread; a read may wait for a queue.
///
/// **Memory.** A mapped zone is good as long as the device. What a reset leaves in it is undefined:
/// readers of table bytes are inside the read gate.
///
/// **Bounds.** At most `readersMax` reads at once where the device is not mapped, each through a
/// buffer of at most 256 KiB.
///
/// **Failures.** [CorruptionException] for bytes that cannot be there or cannot be read after one
/// retry (F12); `DeviceException` where the zone or the device is gone.
public final class BlockSource implements AutoCloseable {
  private static final int BUFFER_BYTES_MAX = 256 << 10;

  private final ZonedDevice device;
  private final Geometry geometry;
  private final int readersMax;
  private final @Nullable MemorySegment[] mappings; // a race stores the same thing twice
  private final Arena arena = Arena.ofShared();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition returned = lock.newCondition();
  private final ArrayDeque<QueueReader> idle = new ArrayDeque<>();
  private final List<QueueReader> readers = new ArrayList<>();
  private boolean hasLost;
  private boolean closed;

  /// A source on `device` with at most `readersMax` reads at once where it is not mapped.
  public BlockSource(ZonedDevice device, int readersMax) {
    this.device = device;
    this.readersMax = readersMax;
    geometry = device.geometry();
    mappings = new MemorySegment[geometry.zones()];
  }

  /// The device it reads.
  public ZonedDevice device() {
    return device;
  }

  /// Fills `target` with the bytes from `offsetInChunk` (the envelope is at 0) of the chunk at
  /// `chunkAddress`.
  public void read(long chunkAddress, long offsetInChunk, MemorySegment target) {
    long from = zoneOffset(chunkAddress) + offsetInChunk;
    requireInZone(chunkAddress, offsetInChunk, from, target.byteSize());
    ZoneFailure failure = fill(chunkAddress, from, target);
    if (failure != null) {
      throw failed(ZoneAddress.zone(chunkAddress), from, failure);
    }
  }

  /// As above from a chunk's start on, for who looks for what may not be there.
  ///
  /// @return null, or why these bytes cannot be read: `MEDIA_READ` or `UNWRITTEN`
  public @Nullable ZoneFailure tryRead(long chunkAddress, MemorySegment target) {
    long from = zoneOffset(chunkAddress);
    requireInZone(chunkAddress, 0, from, target.byteSize());
    ZoneFailure failure = fill(chunkAddress, from, target);
    if (failure != null && failure != ZoneFailure.MEDIA_READ && failure != ZoneFailure.UNWRITTEN) {
      throw failed(ZoneAddress.zone(chunkAddress), from, failure);
    }
    return failure;
  }

  private @Nullable ZoneFailure fill(long chunkAddress, long from, MemorySegment target) {
    MemorySegment mapped = inPlace(chunkAddress);
    if (mapped != null) {
      MemorySegment.copy(mapped, from, target, 0, target.byteSize());
      return null;
    }
    return readQueued(ZoneAddress.zone(chunkAddress), from, target);
  }

  /// The mapped bytes of the zone that a chunk lies in, or null where the device has no mapping.
  /// The chunk begins at [#zoneOffset].
  public @Nullable MemorySegment inPlace(long chunkAddress) {
    int zone = ZoneAddress.zone(chunkAddress);
    if (chunkAddress < 0 || zone >= mappings.length) {
      throw outside(chunkAddress, 0);
    }
    MemorySegment known = mappings[zone];
    if (known == null) {
      known = map(zone);
      mappings[zone] = known;
    }
    return known;
  }

  private @Nullable MemorySegment map(int zone) {
    try {
      return device.mapped(zone);
    } catch (ZonedDeviceException e) {
      throw new DeviceException(
          device.name() + ": zone " + zone, "its bytes", e.what(), e.advice(), e);
    }
  }

  /// Where a chunk begins in its zone, in bytes.
  public long zoneOffset(long chunkAddress) {
    return ZoneAddress.block(chunkAddress) * geometry.blockBytes();
  }

  private void requireInZone(long chunkAddress, long offsetInChunk, long from, long bytes) {
    if (chunkAddress < 0
        || ZoneAddress.zone(chunkAddress) >= geometry.zones()
        || offsetInChunk < 0
        || from > geometry.zoneCapacityBytes() - bytes) {
      throw outside(chunkAddress, offsetInChunk);
    }
  }

  private CorruptionException outside(long chunkAddress, long offsetInChunk) {
    return new CorruptionException(
        device.name() + ": block " + ZoneAddress.print(chunkAddress),
        "a place inside a zone",
        "offset " + offsetInChunk + " of it, on a device of " + geometry);
  }

  private @Nullable ZoneFailure readQueued(int zone, long from, MemorySegment target) {
    QueueReader reader = borrow();
    try {
      for (long done = 0; done < target.byteSize(); ) {
        long moved = reader.read(zone, from + done, target, done);
        if (moved < 0) {
          return reader.failure();
        }
        done += moved;
      }
      return null;
    } finally {
      giveBack(reader);
    }
  }

  /// What a reader is told, one retry having failed as well (F8, F12).
  private RuntimeException failed(int zone, long offset, ZoneFailure failure) {
    return switch (failure) {
      case MEDIA_READ, UNWRITTEN ->
          new CorruptionException(
              device.name()
                  + ": block "
                  + ZoneAddress.print(ZoneAddress.of(zone, offset / geometry.blockBytes())),
              "bytes that were written",
              failure + ": " + failure.advice());
      case FULL,
          BOUNDARY,
          TOO_MANY_OPEN,
          TOO_MANY_ACTIVE,
          TOO_MANY_FILES,
          READ_ONLY,
          OFFLINE,
          INVALID_WRITE,
          INVALID_TRANSITION,
          MEDIA_WRITE,
          CANCELED,
          TRANSPORT,
          PROTOCOL ->
          ZoneFailures.exception(device.name(), zone, "a read", failure);
    };
  }

  private QueueReader borrow() {
    lock.lock();
    try {
      while (idle.isEmpty() && readers.size() == readersMax) {
        returned.awaitUninterruptibly();
      }
      QueueReader reader = idle.poll();
      if (reader == null) {
        int bytes = Math.min(BUFFER_BYTES_MAX, geometry.appendBytesMax());
        bytes =
            Math.max(geometry.blockBytes(), bytes / geometry.blockBytes() * geometry.blockBytes());
        reader = new QueueReader(openQueue(), arena.allocate(bytes, 4096), geometry);
        readers.add(reader);
      }
      return reader;
    } finally {
      lock.unlock();
    }
  }

  private ZoneQueue openQueue() {
    try {
      return device.openQueue(1);
    } catch (ZonedDeviceException e) {
      throw new DeviceException(device.name(), "a queue to read by", e.what(), e.advice(), e);
    }
  }

  /// One that is lost is replaced: reads may go on where the ring of one queue has failed.
  private void giveBack(QueueReader reader) {
    lock.lock();
    try {
      if (reader.isLost()) {
        hasLost = true;
        readers.remove(reader);
        reader.close();
      } else {
        idle.push(reader);
      }
      returned.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Closes the queues; no read may be under way. Idempotent.
  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        readers.forEach(QueueReader::close);
        if (!hasLost) {
          arena.close();
        }
      }
    } finally {
      lock.unlock();
    }
  }
}
