package io.zapkv.ring.uring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.zapkv.ring.RingFile;
import io.zapkv.ring.sys.UringCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Files and memory that the kernel has looked up once and for all.
///
/// **Bounds.** [#FILES_MAX] files and one slab of memory. What does not fit, or what the kernel
/// refuses (for memory: the limit on locked memory), works unregistered.
final class Registrations {
  static final int FILES_MAX = 16;

  /// What [#indexOf] answers for a file that is not registered.
  static final int NONE = -1;

  private static final int RSRC_REGISTER_BYTES = 32;
  private static final int FILES_UPDATE_BYTES = 16;

  private final UringCalls calls;
  private final int fd;
  private final RingFile[] files = new RingFile[FILES_MAX];
  private int fileCount;
  private boolean hasTable;
  private long slabStart;
  private long slabEnd;

  Registrations(UringCalls calls, int fd) {
    this.calls = calls;
    this.fd = fd;
  }

  boolean add(RingFile file) {
    int descriptor = file.descriptor();
    if (descriptor < 0 || fileCount == FILES_MAX || !makeTable()) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment descriptors = arena.allocate(JAVA_INT);
      descriptors.set(JAVA_INT, 0, descriptor);
      MemorySegment update = arena.allocate(FILES_UPDATE_BYTES, Long.BYTES);
      update.set(JAVA_INT, 0, fileCount);
      update.set(JAVA_LONG, 8, descriptors.address());
      if (calls.register(fd, UringAbi.REGISTER_FILES_UPDATE, update, 1) < 0) {
        return false;
      }
    }
    files[fileCount++] = file;
    return true;
  }

  private boolean makeTable() {
    if (!hasTable) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment table = arena.allocate(RSRC_REGISTER_BYTES, Long.BYTES);
        table.set(JAVA_INT, 0, FILES_MAX);
        table.set(JAVA_INT, 4, UringAbi.RSRC_REGISTER_SPARSE);
        hasTable = calls.register(fd, UringAbi.REGISTER_FILES2, table, RSRC_REGISTER_BYTES) >= 0;
      }
    }
    return hasTable;
  }

  boolean addSlab(MemorySegment slab) {
    if (slabEnd != 0 || !slab.isNative()) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment vector = arena.allocate(UringSetup.VECTOR_BYTES, Long.BYTES);
      vector.set(JAVA_LONG, 0, slab.address());
      vector.set(JAVA_LONG, 8, slab.byteSize());
      if (calls.register(fd, UringAbi.REGISTER_BUFFERS, vector, 1) < 0) {
        return false;
      }
    }
    slabStart = slab.address();
    slabEnd = slabStart + slab.byteSize();
    return true;
  }

  /// The number of a registered file, or [#NONE]. By identity: another file may have the descriptor
  /// of one that was closed.
  @SuppressWarnings("ReferenceEquality")
  int indexOf(RingFile file) {
    for (int index = 0; index < fileCount; index++) {
      if (files[index] == file) {
        return index;
      }
    }
    return NONE;
  }

  /// Whether all of this memory is registered.
  boolean covers(long address, long lengthBytes) {
    return address >= slabStart && address + lengthBytes <= slabEnd;
  }
}
