package io.zapkv.zns.emulated;

import io.zapkv.ring.Errno;
import io.zapkv.ring.sys.MappedMemory;
import io.zapkv.ring.sys.NativeAccess;
import io.zapkv.zns.StagingException;
import io.zapkv.zns.StagingStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// Staging as mapped files of a folder: what is stored there is in the page cache, which outlives
/// the process.
///
/// **Threading.** Any thread.
///
/// **Failures.** A new piece is filled with zeros by writing before it is mapped. A full disk says
/// so there and then; found by a store into a mapping, it would be a fault nobody can handle.
final class FileStaging implements StagingStore {
  private static final int FILL_BYTES = 1 << 20;
  private static final String UNFINISHED = ".new";

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, MemorySegment> mapped = new HashMap<>();
  private final Path folder;
  private final Arena arena;
  private final boolean readOnly;

  /// @param arena ends the mappings
  FileStaging(Path folder, Arena arena, boolean readOnly) {
    this.folder = folder;
    this.arena = arena;
    this.readOnly = readOnly;
  }

  @Override
  public MemorySegment map(String name, long bytes) {
    StagingNames.check(name, bytes);
    lock.lock();
    try {
      MemorySegment piece = mapped.get(name);
      if (piece == null) {
        piece = Uninterrupted.run(() -> mapFile(name, bytes));
        mapped.put(name, piece);
      }
      if (piece.byteSize() != bytes) {
        throw StagingNames.otherLength(name, piece.byteSize(), bytes);
      }
      return piece;
    } catch (IOException e) {
      throw failed(name, "mapping it", e);
    } finally {
      lock.unlock();
    }
  }

  private MemorySegment mapFile(String name, long bytes) throws IOException {
    Path path = folder.resolve(name);
    boolean isNew = Files.notExists(path, LinkOption.NOFOLLOW_LINKS);
    if (isNew) {
      if (readOnly) {
        throw StagingNames.readOnly(name);
      }
      create(path, bytes);
    }
    try (FileChannel channel = open(path)) {
      if (channel.size() != bytes) {
        throw StagingNames.otherLength(name, channel.size(), bytes);
      }
      MemorySegment piece =
          channel.map(
              readOnly ? FileChannel.MapMode.READ_ONLY : FileChannel.MapMode.READ_WRITE,
              0,
              bytes,
              arena);
      if (!readOnly && NativeAccess.isAllowed()) {
        // A writer on its way through a fresh piece must not wait for pages ahead of it.
        MappedMemory.withoutReadAhead(piece);
      }
      return piece;
    }
  }

  private FileChannel open(Path path) throws IOException {
    return readOnly
        ? FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)
        : PrivateFiles.open(path);
  }

  /// Under another name until it is whole, on the disk as well: killed in between, or without power
  /// afterwards, there is no short piece. A file system may make a new name durable before the
  /// bytes.
  private void create(Path path, long bytes) throws IOException {
    PrivateFiles.createFolders(folder);
    Path unfinished = path.resolveSibling(path.getFileName() + UNFINISHED);
    long usable = Files.getFileStore(folder).getUsableSpace();
    if (bytes > usable) {
      // Found out by filling the disk, it would be everybody's trouble.
      throw StagingException.full(
          path.getFileName().toString(),
          bytes + " bytes do not fit into the " + usable + " left on the file system",
          null);
    }
    boolean whole = false;
    try {
      boolean reserved = PrivateFiles.reserve(unfinished, bytes);
      try (FileChannel channel = PrivateFiles.open(unfinished)) {
        if (!reserved) {
          fill(channel, bytes);
        }
        channel.force(true);
      }
      Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
      whole = true;
    } finally {
      if (!whole) {
        Files.deleteIfExists(unfinished);
      }
    }
  }

  private static void fill(FileChannel channel, long bytes) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(FILL_BYTES, bytes));
    long written = 0;
    while (written < bytes) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - written));
      written += channel.write(zeros, written);
    }
    channel.truncate(bytes);
  }

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>();
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder)) {
        for (Path path : paths) {
          String name = path.getFileName().toString();
          if (StagingNames.isLegal(name) && !name.endsWith(UNFINISHED)) {
            names.add(name);
          }
        }
      } catch (IOException e) {
        throw failed(folder.getFileName().toString(), "listing it", e);
      }
    }
    names.sort(null);
    return names;
  }

  @Override
  public void delete(String name) {
    StagingNames.check(name, 1);
    if (readOnly) {
      throw StagingNames.readOnly(name);
    }
    lock.lock();
    try {
      mapped.remove(name);
      Files.deleteIfExists(folder.resolve(name));
    } catch (IOException e) {
      throw failed(name, "deleting it", e);
    } finally {
      lock.unlock();
    }
  }

  private static StagingException failed(String name, String what, IOException cause) {
    return Failures.errno(cause) == Errno.ENOSPC
        ? StagingException.full(name, what + ": " + cause, cause)
        : new StagingException(
            name, what + ": " + cause, "look at the file system and its rights", cause);
  }
}
