package io.zapkv.ring.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.zapkv.ring.Errno;
import io.zapkv.ring.Ring;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Reads and writes that go on until they are whole (append contract, A2), and the few bytes of
/// memory that their system calls need.
///
/// **Threading.** One transfer at a time.
///
/// **Memory.** Less than a page, in an automatic arena. Transfers allocate nothing, unless they
/// come back short.
///
/// **Failures.** The bytes moved, all of them, or a negated errno.
final class Transfer {
  private static final int VECTOR_BYTES = 16;

  private final Arena arena = Arena.ofAuto();
  private final CallState state = new CallState(arena);

  /// `struct iovec`: an address and a length, for each part of a gathered write.
  private MemorySegment vectors = MemorySegment.NULL;

  int read(int fd, long offsetBytes, MemorySegment target) {
    return move(false, fd, offsetBytes, target);
  }

  int write(int fd, long offsetBytes, MemorySegment source) {
    return move(true, fd, offsetBytes, source);
  }

  private int move(boolean isWrite, int fd, long offsetBytes, MemorySegment bytes) {
    long lengthBytes = bytes.byteSize();
    for (long moved = 0; moved < lengthBytes; ) {
      MemorySegment rest = moved == 0 ? bytes : bytes.asSlice(moved);
      long now =
          isWrite
              ? Libc.pwrite(state, fd, rest, lengthBytes - moved, offsetBytes + moved)
              : Libc.pread(state, fd, rest, lengthBytes - moved, offsetBytes + moved);
      if (now > 0) {
        moved += now;
      } else if (now != -Errno.EINTR) {
        return refusal(now);
      }
    }
    return (int) lengthBytes;
  }

  int gather(int fd, long offsetBytes, MemorySegment[] sources, int count) {
    if (vectors.byteSize() == 0) {
      vectors = arena.allocate((long) VECTOR_BYTES * Ring.VECTORS_MAX, Long.BYTES);
    }
    long lengthBytes = 0;
    for (int i = 0; i < count; i++) {
      if (!sources[i].isNative() || !sources[i].scope().isAlive()) {
        // The kernel gets an address, and would take whatever lies there by now.
        return -Errno.EFAULT;
      }
      putVector(i, sources[i].address(), sources[i].byteSize());
      lengthBytes += sources[i].byteSize();
    }
    int first = 0;
    for (long moved = 0; moved < lengthBytes; ) {
      MemorySegment rest = first == 0 ? vectors : vectors.asSlice((long) first * VECTOR_BYTES);
      long now = Libc.pwritev(state, fd, rest, count - first, offsetBytes + moved);
      if (now > 0) {
        moved += now;
        first = skip(first, now);
      } else if (now != -Errno.EINTR) {
        return refusal(now);
      }
    }
    return (int) lengthBytes;
  }

  /// Nothing moved and no reason: the end of the file, or a device that takes nothing.
  private static int refusal(long result) {
    return result == 0 ? -Errno.EIO : (int) result;
  }

  private void putVector(int index, long address, long lengthBytes) {
    vectors.set(JAVA_LONG, (long) index * VECTOR_BYTES, address);
    vectors.set(JAVA_LONG, (long) index * VECTOR_BYTES + Long.BYTES, lengthBytes);
  }

  /// Takes `movedBytes` off the front; answers the first vector that has bytes left.
  private int skip(int first, long movedBytes) {
    int index = first;
    long left = movedBytes;
    while (left > 0) {
      long at = (long) index * VECTOR_BYTES;
      long lengthBytes = vectors.get(JAVA_LONG, at + Long.BYTES);
      if (left < lengthBytes) {
        putVector(index, vectors.get(JAVA_LONG, at) + left, lengthBytes - left);
        return index;
      }
      left -= lengthBytes;
      index++;
    }
    return index;
  }
}
