package io.zapkv.zns.emulated;

import io.zapkv.ring.Errno;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.pool.ChannelFile;
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
import org.jspecify.annotations.Nullable;

/// The file of one zone: as long as the zone's capacity from the moment it is made, with holes
/// where nothing was written yet.
///
/// A reset leaves it as it is. So the blocks of a zone that was used before exist already, and to
/// sync appends to it costs the file system no journal.
///
/// **Threading.** As [RingFile] says. It is opened, or made, by the first operation that needs it,
/// on that operation's thread: a failure of that is the operation's result.
final class ZoneFile implements RingFile {
  private record Opened(FileChannel channel, ChannelFile file) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Path folder;
  private final Path path;
  private final long lengthBytes;
  private final boolean readOnly;
  private final TableForce tableForce;
  private volatile @Nullable Opened opened;
  private volatile @Nullable MemorySegment mapping;

  /// Made here, and its name in the folder not forced yet.
  private volatile boolean nameIsNew;

  /// What an earlier process may have left unsynced has been synced.
  private volatile boolean settled;

  ZoneFile(Path folder, Path path, long lengthBytes, boolean readOnly, TableForce tableForce) {
    this.folder = folder;
    this.path = path;
    this.lengthBytes = lengthBytes;
    this.readOnly = readOnly;
    this.tableForce = tableForce;
  }

  @Override
  public int read(long offsetBytes, MemorySegment target) {
    try {
      return open().file.read(offsetBytes, target);
    } catch (IOException e) {
      return -Failures.errno(e);
    }
  }

  @Override
  public int write(long offsetBytes, MemorySegment source) {
    if (readOnly) {
      return -Errno.EROFS;
    }
    try {
      return open().file.write(offsetBytes, source);
    } catch (IOException e) {
      return -Failures.errno(e);
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
      Opened current = opened;
      if (current == null) {
        return settle();
      }
      int result = current.file.sync();
      if (result == 0 && nameIsNew) {
        PrivateFiles.syncFolder(folder);
        // Only now, so that who comes meanwhile syncs the folder, too.
        nameIsNew = false;
      }
      return result;
    } catch (IOException e) {
      return -Failures.errno(e);
    }
  }

  /// Syncs a zone that only an earlier process wrote: killed before its sync, it left bytes that
  /// everybody sees and no disk has.
  private int settle() throws IOException {
    if (!settled && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      try (FileChannel channel = PrivateFiles.open(path)) {
        channel.force(false);
      }
    }
    settled = true;
    return 0;
  }

  /// Gives the blocks back to the file system; answers zero or a negated errno.
  int discard() {
    try {
      open().channel.truncate(0);
      setLength();
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
    try (FileChannel channel = openToRead()) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, lengthBytes, arena);
    }
  }

  private Opened open() throws IOException {
    Opened current = opened;
    return current != null ? current : openFirst();
  }

  private Opened openFirst() throws IOException {
    lock.lock();
    try {
      Opened current = opened;
      if (current == null) {
        FileChannel channel = readOnly ? openToRead() : openToWrite();
        current = new Opened(channel, new ChannelFile(channel));
        opened = current;
      }
      return current;
    } finally {
      lock.unlock();
    }
  }

  private FileChannel openToRead() throws IOException {
    return FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  }

  private FileChannel openToWrite() throws IOException {
    boolean isNew = Files.notExists(path, LinkOption.NOFOLLOW_LINKS);
    FileChannel channel = PrivateFiles.open(path);
    try {
      // Shorter also where the process was killed between making and stretching it.
      if (channel.size() < lengthBytes) {
        setLength();
      }
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    nameIsNew = isNew;
    return channel;
  }

  private void setLength() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(lengthBytes);
    }
  }

  @Override
  public boolean isMemory() {
    return false;
  }

  @Override
  public void close() {
    Opened current = opened;
    if (current != null) {
      current.file.close();
    }
  }
}
