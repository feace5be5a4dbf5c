package io.zapkv.zns.emulated;

import io.zapkv.ring.Errno;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.pool.ChannelFile;
import io.zapkv.ring.sys.LinuxFile;
import io.zapkv.ring.sys.LinuxFile.Flag;
import io.zapkv.ring.sys.NativeAccess;
import io.zapkv.zns.Geometry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;

/// The file of one zone: as long as the zone's capacity from the moment it is made, with holes
/// where nothing was written yet.
///
/// A reset leaves it as it is. So the blocks of a zone that was used before exist already, and to
/// sync appends to it costs the file system no journal.
///
/// **Threading.** As [RingFile] says. It is opened, or made, before the first write and by the
/// first other operation that needs it, on that one's thread: a failure of that is the operation's
/// result.
final class ZoneFile implements RingFile {
  /// Up to so much between two syncs, the next blocks are prepared.
  private static final int LITTLE_BYTES = 64 << 10;

  private static final MemorySegment ZEROS = Arena.global().allocate(1 << 20);

  private final ReentrantLock lock = new ReentrantLock();

  /// Shared by writes, exclusive to [#prepareNextBlocks].
  private final StampedLock growth = new StampedLock();

  private final int zone;
  private final int blockBytes;
  private final Path folder;
  private final Path path;
  private final long lengthBytes;
  private final boolean readOnly;
  private final boolean direct;
  private final TableForce tableForce;
  private volatile @Nullable RingFile opened;
  private volatile @Nullable MemorySegment mapping;

  /// Made here, and its name in the folder not forced yet.
  private volatile boolean nameIsNew;

  /// What an earlier process may have left unsynced has been synced.
  private volatile boolean settled;

  private volatile @Nullable EmulatedZones zones;

  /// Blocks below it were written by this process, or need no preparing.
  private volatile long preparedTo;

  /// Roughly: an update lost to another thread costs nothing but time.
  private long unsyncedBytes;

  ZoneFile(
      Geometry geometry,
      int zone,
      Path folder,
      Path path,
      boolean readOnly,
      boolean direct,
      TableForce tableForce) {
    this.zone = zone;
    blockBytes = geometry.blockBytes();
    lengthBytes = geometry.zoneCapacityBytes();
    this.folder = folder;
    this.path = path;
    this.readOnly = readOnly;
    this.direct = direct;
    this.tableForce = tableForce;
  }

  /// Opens it; answers zero or a negated errno.
  int prepare() {
    try {
      open();
      return 0;
    } catch (IOException e) {
      return -Failures.errno(e);
    }
  }

  /// For reads by the kernel; where the file cannot be opened, the read itself says why.
  @Override
  public int descriptor() {
    try {
      return open().descriptor();
    } catch (IOException _) {
      return NO_DESCRIPTOR;
    }
  }

  /// A write through the page cache is a copy, or has to wait for one: handing it over costs more.
  @Override
  public boolean writesInKernel() {
    return direct && !readOnly;
  }

  @Override
  public int read(long offsetBytes, MemorySegment target) {
    try {
      return open().read(offsetBytes, target);
    } catch (IOException e) {
      return -Failures.errno(e);
    }
  }

  @Override
  public int write(long offsetBytes, MemorySegment source) {
    if (readOnly) {
      return -Errno.EROFS;
    }
    long stamp = growth.readLock();
    try {
      unsyncedBytes += source.byteSize();
      return open().write(offsetBytes, source);
    } catch (IOException e) {
      return -Failures.errno(e);
    } finally {
      growth.unlockRead(stamp);
    }
  }

  /// Syncs the zone's bytes, then what the table says of it.
  @Override
  public int sync() {
    int result = syncBytes();
    return result < 0 || readOnly ? result : tableForce.force();
  }

  /// Syncs the bytes alone.
  int syncBytes() {
    if (readOnly) {
      return 0;
    }
    try {
      RingFile current = opened;
      if (current == null) {
        return settle();
      }
      prepareNextBlocks(current);
      int result = current.sync();
      if (result == 0 && nameIsNew) {
        Uninterrupted.run(() -> {
          PrivateFiles.syncFolder(folder);
          return true;
        });
        // Only now, so that who comes meanwhile syncs the folder, too.
        nameIsNew = false;
      }
      return result;
    } catch (IOException e) {
      return -Failures.errno(e);
    }
  }

  /// Writes zeros over the blocks that come next, where little is written between syncs: to sync
  /// blocks that were never written costs the file system a turn of its journal, every time, and
  /// takes twice as long as to sync blocks that were (docs/RING.md).
  ///
  /// Only behind the write pointer, and with all writes shut out: so whatever was decided before is
  /// below it, and whatever is decided meanwhile is written afterwards.
  private void prepareNextBlocks(RingFile current) {
    boolean isLittle = !direct && unsyncedBytes > 0 && unsyncedBytes <= LITTLE_BYTES;
    unsyncedBytes = 0;
    EmulatedZones deciding = zones;
    if (!isLittle || deciding == null || pointerBytes(deciding) < preparedTo) {
      return;
    }
    long stamp = growth.writeLock();
    try {
      long from = pointerBytes(deciding);
      long bytes = Math.min(ZEROS.byteSize(), lengthBytes - from);
      if (from >= preparedTo && bytes > 0) {
        // Where there is no room for zeros, the next append will say so.
        current.write(from, ZEROS.asSlice(0, bytes));
        preparedTo = from + bytes;
      }
    } finally {
      growth.unlockWrite(stamp);
    }
  }

  private long pointerBytes(EmulatedZones deciding) {
    return deciding.pointerBlocks(zone) * blockBytes;
  }

  /// Tells who decides where appends land.
  void attach(EmulatedZones newZones) {
    zones = newZones;
  }

  /// Syncs a zone that only an earlier process wrote: killed before its sync, it left bytes that
  /// everybody sees and no disk has.
  private int settle() throws IOException {
    if (!settled && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      Uninterrupted.run(() -> {
        try (FileChannel channel = PrivateFiles.open(path)) {
          channel.force(false);
        }
        return true;
      });
    }
    settled = true;
    return 0;
  }

  /// Gives the blocks back to the file system; answers zero or a negated errno.
  int discard() {
    try {
      open();
      setLength(0);
      setLength(lengthBytes);
      preparedTo = 0;
      return 0;
    } catch (IOException e) {
      return -Failures.errno(e);
    }
  }

  /// The bytes for reading in place; null where there is no whole file and none may be made.
  @Nullable MemorySegment map(Arena arena) throws IOException {
    MemorySegment current = mapping;
    if (current != null || (readOnly && !isWhole())) {
      return current;
    }
    lock.lock();
    try {
      current = mapping;
      if (current == null) {
        current = Uninterrupted.run(() -> mapFile(arena));
        mapping = current;
      }
      return current;
    } finally {
      lock.unlock();
    }
  }

  /// A file that was cut cannot be stretched for a reader; what is left of it can be read.
  private boolean isWhole() throws IOException {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS) && Files.size(path) >= lengthBytes;
  }

  /// By a channel of its own, as this runs on the caller's thread, see [Uninterrupted].
  private MemorySegment mapFile(Arena arena) throws IOException {
    open();
    try (FileChannel channel = channelToRead()) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, lengthBytes, arena);
    }
  }

  private RingFile open() throws IOException {
    RingFile current = opened;
    return current != null ? current : openFirst();
  }

  private RingFile openFirst() throws IOException {
    lock.lock();
    try {
      RingFile current = opened;
      if (current == null) {
        current = Uninterrupted.run(() -> readOnly ? openToRead() : openToWrite());
        opened = current;
      }
      return current;
    } finally {
      lock.unlock();
    }
  }

  private FileChannel channelToRead() throws IOException {
    return FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  }

  /// On a descriptor of our own where we may have one, because a channel's dies with the interrupt
  /// of a thread inside it, and allocates.
  private RingFile openToRead() throws IOException {
    if (direct) {
      return LinuxFile.open(path, Flag.NO_FOLLOW, Flag.DIRECT);
    }
    return NativeAccess.isAllowed()
        ? LinuxFile.open(path, Flag.NO_FOLLOW)
        : new ChannelFile(channelToRead());
  }

  private RingFile openToWrite() throws IOException {
    boolean isNew = Files.notExists(path, LinkOption.NOFOLLOW_LINKS);
    RingFile file;
    if (direct) {
      file = LinuxFile.open(path, Flag.WRITE, Flag.CREATE, Flag.NO_FOLLOW, Flag.DIRECT);
    } else if (NativeAccess.isAllowed()) {
      file = LinuxFile.open(path, Flag.WRITE, Flag.CREATE, Flag.NO_FOLLOW);
    } else {
      file = new ChannelFile(PrivateFiles.open(path));
    }
    try {
      // Shorter also where the process was killed between making and stretching it.
      if (Files.size(path) < lengthBytes) {
        setLength(lengthBytes);
      }
    } catch (IOException e) {
      file.close();
      throw e;
    }
    nameIsNew = isNew;
    return file;
  }

  private void setLength(long bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(bytes);
    }
  }

  @Override
  public boolean isMemory() {
    return false;
  }

  @Override
  public void close() {
    RingFile current = opened;
    if (current != null) {
      current.close();
    }
  }
}
