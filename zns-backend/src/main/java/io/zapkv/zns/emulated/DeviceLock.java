package io.zapkv.zns.emulated;

import io.zapkv.zns.DeviceIoException;
import io.zapkv.zns.DeviceLockedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Holds a device's folder against everyone else.
///
/// Java's file lock is an fcntl lock: it keeps out other processes, but not this one, and it is
/// gone as soon as this process closes *any* descriptor of the locked file (X2). So a process-wide
/// set of real paths keeps out a second device in this process, which also means that nobody of
/// ours opens the lock file a second time; and the file is used for nothing else. What is left
/// open: other code in this process that opens and closes the lock file itself, a copying tool
/// perhaps, drops the lock unseen. The epoch in the store's superblock is the second line for that.
///
/// **Threading.** Any thread.
final class DeviceLock implements AutoCloseable {
  private static final Set<Path> HELD_IN_THIS_PROCESS = ConcurrentHashMap.newKeySet();

  private final Path realFolder;
  private final @Nullable FileChannel channel;

  private DeviceLock(Path realFolder, @Nullable FileChannel channel) {
    this.realFolder = realFolder;
    this.channel = channel;
  }

  /// Takes the lock for a writer; writes the process's number into the lock file.
  static DeviceLock exclusive(String device, Path realFolder, Path lockFile) {
    return hold(
        device,
        realFolder,
        () -> {
          FileChannel channel = PrivateFiles.open(lockFile);
          if (!tryLock(channel, false)) {
            throw lockedBy(device, channel);
          }
          String holder = Long.toString(ProcessHandle.current().pid());
          channel.truncate(0);
          channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.US_ASCII)), 0);
          return channel;
        });
  }

  /// Takes the lock for a reader: it keeps out writers and changes nothing. An image without a lock
  /// file cannot be locked, and needs not be.
  static DeviceLock shared(String device, Path realFolder, Path lockFile) {
    return hold(
        device,
        realFolder,
        () -> {
          if (!Files.exists(lockFile, LinkOption.NOFOLLOW_LINKS)) {
            return null;
          }
          FileChannel channel =
              FileChannel.open(lockFile, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
          if (!tryLock(channel, true)) {
            throw lockedBy(device, channel);
          }
          return channel;
        });
  }

  private static DeviceLock hold(
      String device, Path realFolder, Uninterrupted.Action<@Nullable FileChannel> locking) {
    if (!HELD_IN_THIS_PROCESS.add(realFolder)) {
      throw new DeviceLockedException(device, "this process");
    }
    boolean held = false;
    try {
      DeviceLock lock = new DeviceLock(realFolder, Uninterrupted.run(locking));
      held = true;
      return lock;
    } catch (IOException e) {
      throw new DeviceIoException(device, "locking it", e);
    } finally {
      if (!held) {
        HELD_IN_THIS_PROCESS.remove(realFolder);
      }
    }
  }

  private static boolean tryLock(FileChannel channel, boolean shared) throws IOException {
    FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
    return lock != null;
  }

  private static DeviceLockedException lockedBy(String device, FileChannel channel)
      throws IOException {
    try (channel) {
      ByteBuffer text = ByteBuffer.allocate(20);
      channel.read(text, 0);
      String holder = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII);
      return new DeviceLockedException(
          device, holder.isEmpty() ? "another process" : "process " + holder);
    }
  }

  @Override
  public void close() {
    FileChannel closing = channel;
    try {
      if (closing != null) {
        closing.close();
      }
    } catch (IOException _) {
      // The descriptor is gone either way, and the lock with it.
    } finally {
      HELD_IN_THIS_PROCESS.remove(realFolder);
    }
  }
}
