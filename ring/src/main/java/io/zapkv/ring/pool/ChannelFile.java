package io.zapkv.ring.pool;

import io.zapkv.ring.Errno;
import io.zapkv.ring.RingFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/// An ordinary file, read and written at positions through a [FileChannel].
///
/// **Threading.** As [RingFile] says. A channel is closed for everybody when a thread inside it is
/// interrupted, therefore only threads that nobody interrupts may call: the workers of a
/// [ThreadPoolRing] never let their owners' interrupts in.
///
/// **Memory.** Each transfer allocates one small `ByteBuffer` view of its segment, for want of a
/// channel that takes segments. That is the one allocation on a ring's path.
///
/// **Failures.** A short transfer is continued until it is whole (append contract, A2). What the
/// operating system says comes as text only, so `ENOSPC` is told by its English message, `EBADF` by
/// the type of the exception, and all else is `EIO`.
public final class ChannelFile implements RingFile {
  private final FileChannel channel;

  /// Takes over an open channel: it is closed with the file.
  public ChannelFile(FileChannel channel) {
    this.channel = channel;
  }

  /// Opens a file for reading and writing; makes an empty one where there is none.
  public static ChannelFile open(Path path) throws IOException {
    return new ChannelFile(
        FileChannel.open(
            path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE));
  }

  @Override
  public int read(long offsetBytes, MemorySegment target) {
    ByteBuffer buffer = target.asByteBuffer();
    try {
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, offsetBytes + buffer.position()) <= 0) {
          return -Errno.EIO;
        }
      }
      return buffer.position();
    } catch (IOException e) {
      return -errno(e);
    }
  }

  @Override
  public int write(long offsetBytes, MemorySegment source) {
    ByteBuffer buffer = source.asByteBuffer();
    try {
      while (buffer.hasRemaining()) {
        if (channel.write(buffer, offsetBytes + buffer.position()) == 0) {
          // A device that takes nothing and gives no reason would keep the loop for ever.
          return -Errno.EIO;
        }
      }
      return buffer.position();
    } catch (IOException e) {
      return -errno(e);
    }
  }

  @Override
  public int sync() {
    try {
      channel.force(false);
      return 0;
    } catch (IOException e) {
      return -errno(e);
    }
  }

  private static int errno(IOException e) {
    if (e instanceof ClosedChannelException) {
      return Errno.EBADF;
    }
    String message = e.getMessage();
    boolean noRoom = message != null && message.toLowerCase(Locale.ROOT).contains("no space left");
    return noRoom ? Errno.ENOSPC : Errno.EIO;
  }

  @Override
  public boolean isMemory() {
    return false;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
