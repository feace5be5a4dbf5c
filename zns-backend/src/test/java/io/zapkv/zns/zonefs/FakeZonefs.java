package io.zapkv.zns.zonefs;

import io.zapkv.ring.Errno;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.SystemCallException;
import io.zapkv.ring.sys.LinuxFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A zonefs in memory that is as strict as the kernel's: it takes direct writes at the pointer
/// only, counts what is open for writing, and turns bad zones read only. What nobody should do to a
/// zonefs, it counts.
final class FakeZonefs implements ZonefsMount {
  /// A call that can be made to fail.
  enum Call {
    OPEN,
    WRITE,
    READ,
    SYNC,
    TRUNCATE
  }

  /// As the number of an error: the write comes back one block long, and without one.
  static final int SHORT = 1000;

  private record Fault(Call call, int zone, int errno, Runnable effect) {}

  final class Zone {
    final int number;
    MemorySegment bytes = arena.allocate(capacityBytes, blockBytes);
    @Nullable LinuxFile file;
    long capacity = capacityBytes;
    long sizeBytes;
    int permissions = 0640;
    int writers;
    final AtomicInteger writesInFlight = new AtomicInteger();

    Zone(int number) {
      this.number = number;
    }

    boolean isActive() {
      return writers > 0 && sizeBytes < capacity || sizeBytes > 0 && sizeBytes < capacity;
    }
  }

  final Arena arena = Arena.ofShared();
  final int blockBytes;
  final long capacityBytes;
  final List<Zone> zones = new ArrayList<>();
  MountFacts facts;
  boolean isReadOnly;
  boolean isLocked;
  boolean isClosed;
  long latencyNanos;
  volatile @Nullable CountDownLatch gate;

  int writes;
  int mostAppendsInAWrite;
  int busy;
  int misplaced;
  int crossing;
  int overlapping;
  int openFiles;
  private @Nullable Fault fault;

  FakeZonefs(int zones, int blockBytes, long capacityBytes, int writableMax, int activeMax) {
    this.blockBytes = blockBytes;
    this.capacityBytes = capacityBytes;
    for (int zone = 0; zone < zones; zone++) {
      this.zones.add(new Zone(zone));
    }
    facts =
        new MountFacts(
            "/dev/fake0", false, "zone-ro", zones, blockBytes, writableMax, activeMax, true, 1000);
  }

  /// Keeps the bytes of zones in files, which a kernel can read by their descriptors.
  void keepIn(Path folder) {
    for (Zone zone : zones) {
      Path path = folder.resolve("zone-" + zone.number);
      try (FileChannel channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE)) {
        zone.bytes = channel.map(MapMode.READ_WRITE, 0, capacityBytes, arena);
        zone.file = LinuxFile.open(path);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// Fails the next such call to a zone, after `effect` has happened to its file.
  synchronized void failNext(Call call, int zone, int errno, Runnable effect) {
    fault = new Fault(call, zone, errno, effect);
  }

  private synchronized int faultOf(Call call, int zone) {
    Fault due = fault;
    if (due == null || due.call != call || due.zone != zone) {
      return 0;
    }
    fault = null;
    due.effect.run();
    return due.errno;
  }

  /// That nothing was done which a kernel refuses or a device cannot bear.
  synchronized List<Integer> misuse() {
    return List.of(busy, misplaced, crossing, overlapping);
  }

  @Override
  public MountFacts facts() {
    return facts;
  }

  @Override
  public synchronized boolean tryLock(boolean exclusive) {
    boolean wasLocked = isLocked;
    isLocked = true;
    return !wasLocked;
  }

  @Override
  public String lockHolder() {
    return "process 4242";
  }

  @Override
  public synchronized RingFile open(int number, boolean forWriting) throws SystemCallException {
    int errno = forWriting ? faultOf(Call.OPEN, number) : 0;
    Zone zone = zones.get(number);
    if (errno == 0 && forWriting) {
      errno = openErrno(zone);
    }
    if (errno != 0) {
      throw new SystemCallException("open", "seq/" + number, errno);
    }
    if (forWriting) {
      zone.writers++;
    }
    openFiles++;
    return new Handle(zone, forWriting);
  }

  private int openErrno(Zone zone) {
    if (isReadOnly) {
      return Errno.EROFS;
    }
    if ((zone.permissions & 0222) == 0) {
      return Errno.EPERM;
    }
    long open = zones.stream().filter(each -> each.writers > 0).count();
    if (zone.writers == 0 && open >= facts.writableFilesMax()) {
      busy++;
      return Errno.EBUSY;
    }
    long active = zones.stream().filter(Zone::isActive).count();
    if (!zone.isActive() && zone.sizeBytes < zone.capacity && active >= facts.activeFilesMax()) {
      busy++;
      return Errno.EOVERFLOW;
    }
    return 0;
  }

  @Override
  public synchronized ZoneFileStatus status(int zone) {
    Zone file = zones.get(zone);
    return new ZoneFileStatus(file.permissions, file.sizeBytes, file.capacity);
  }

  @Override
  public synchronized int truncate(int number, long lengthBytes) {
    int errno = faultOf(Call.TRUNCATE, number);
    Zone zone = zones.get(number);
    if (errno != 0) {
      return -errno;
    }
    if (isReadOnly) {
      return -Errno.EROFS;
    }
    if ((zone.permissions & 0222) == 0 || (lengthBytes != 0 && lengthBytes != zone.capacity)) {
      return -Errno.EPERM;
    }
    zone.sizeBytes = lengthBytes;
    return 0;
  }

  @Override
  public synchronized void close() {
    isLocked = false;
    isClosed = true;
    for (Zone zone : zones) {
      if (zone.file != null) {
        zone.file.close();
      }
    }
  }

  private final class Handle implements RingFile {
    private final Zone zone;
    private final boolean forWriting;

    Handle(Zone zone, boolean forWriting) {
      this.zone = zone;
      this.forWriting = forWriting;
    }

    @Override
    public int descriptor() {
      return zone.file == null ? NO_DESCRIPTOR : zone.file.descriptor();
    }

    @Override
    public int read(long offsetBytes, MemorySegment target) {
      synchronized (FakeZonefs.this) {
        int errno = faultOf(Call.READ, zone.number);
        if (errno != 0) {
          return -errno;
        }
        if (zone.permissions == 0) {
          return -Errno.EPERM;
        }
        if (!isAligned(offsetBytes, target)) {
          return -Errno.EINVAL;
        }
        if (offsetBytes + target.byteSize() > zone.sizeBytes) {
          return -Errno.EIO;
        }
        target.copyFrom(zone.bytes.asSlice(offsetBytes, target.byteSize()));
        return (int) target.byteSize();
      }
    }

    @Override
    public int write(long offsetBytes, MemorySegment source) {
      return writev(offsetBytes, new MemorySegment[] {source}, 1);
    }

    @Override
    public int writev(long offsetBytes, MemorySegment[] sources, int count) {
      if (zone.writesInFlight.incrementAndGet() != 1) {
        synchronized (FakeZonefs.this) {
          overlapping++;
        }
      }
      try {
        pass();
        synchronized (FakeZonefs.this) {
          return writeAtOnce(offsetBytes, sources, count);
        }
      } finally {
        zone.writesInFlight.decrementAndGet();
      }
    }

    private void pass() {
      CountDownLatch closed = gate;
      if (closed != null) {
        try {
          if (!closed.await(60, TimeUnit.SECONDS)) {
            throw new AssertionError("nobody opened the gate");
          }
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
      if (latencyNanos > 0) {
        LockSupport.parkNanos(latencyNanos);
      }
    }

    private int writeAtOnce(long offsetBytes, MemorySegment[] sources, int count) {
      writes++;
      mostAppendsInAWrite = Math.max(mostAppendsInAWrite, count);
      int errno = faultOf(Call.WRITE, zone.number);
      if (errno == 0) {
        errno = writeErrno(offsetBytes, sources, count);
      }
      if (errno != 0) {
        return errno == SHORT ? blockBytes : -errno;
      }
      int moved = 0;
      for (int i = 0; i < count; i++) {
        if (zone.sizeBytes + sources[i].byteSize() > zone.capacity) {
          // A short write, whose continuation finds the zone full (zns-facts Z2).
          crossing++;
          zone.sizeBytes = zone.capacity;
          return -Errno.EFBIG;
        }
        MemorySegment.copy(sources[i], 0, zone.bytes, zone.sizeBytes, sources[i].byteSize());
        zone.sizeBytes += sources[i].byteSize();
        moved += (int) sources[i].byteSize();
      }
      return moved;
    }

    private int writeErrno(long offsetBytes, MemorySegment[] sources, int count) {
      if (!forWriting) {
        return Errno.EBADF;
      }
      if (isReadOnly) {
        return Errno.EROFS;
      }
      if ((zone.permissions & 0222) == 0) {
        return Errno.EPERM;
      }
      for (int i = 0; i < count; i++) {
        if (!isAligned(offsetBytes, sources[i])) {
          return Errno.EINVAL;
        }
      }
      if (offsetBytes >= zone.capacity) {
        misplaced++;
        return Errno.EFBIG;
      }
      if (offsetBytes != zone.sizeBytes) {
        misplaced++;
        return Errno.EINVAL;
      }
      return 0;
    }

    private boolean isAligned(long offsetBytes, MemorySegment bytes) {
      return offsetBytes % blockBytes == 0
          && bytes.byteSize() % blockBytes == 0
          && bytes.address() % 512 == 0;
    }

    @Override
    public int sync() {
      synchronized (FakeZonefs.this) {
        int errno = faultOf(Call.SYNC, zone.number);
        if (errno != 0) {
          return -errno;
        }
        return (zone.permissions & 0222) == 0 ? -Errno.EPERM : 0;
      }
    }

    @Override
    public boolean isMemory() {
      return false;
    }

    @Override
    public void close() {
      synchronized (FakeZonefs.this) {
        openFiles--;
        if (forWriting) {
          zone.writers--;
        }
      }
    }
  }
}
