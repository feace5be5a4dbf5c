package io.zapkv.ring.uring;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.zapkv.ring.Ring;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.op.Operation;
import java.lang.foreign.MemorySegment;

/// Turns operations into entries of the submission queue.
final class EntryWriter {
  private final SubmissionQueue queue;
  private final Registrations registrations;
  private final MemorySegment vectors;
  private final boolean commands;
  private final boolean polled;

  EntryWriter(
      SubmissionQueue queue,
      Registrations registrations,
      MemorySegment vectors,
      boolean commands,
      boolean polled) {
    this.queue = queue;
    this.registrations = registrations;
    this.vectors = vectors;
    this.commands = commands;
    this.polled = polled;
  }

  /// Whether the kernel can do this operation, and has something to do. What it cannot is done by
  /// the file's own methods, which also find the words for a buffer that is none; so is what was
  /// cancelled, which does nothing there.
  boolean canWrite(Operation operation) {
    if (operation.isCancelled()) {
      return false;
    }
    boolean has =
        switch (operation.kind()) {
          case READ -> operation.lengthBytes() > 0 && isAddress(operation.buffer());
          case WRITE ->
              operation.lengthBytes() > 0
                  && isAddress(operation.buffer())
                  && operation.file().writesInKernel();
          case WRITEV ->
              operation.lengthBytes() > 0
                  && areAddresses(operation)
                  && operation.file().writesInKernel();
          case SYNC -> !polled && operation.file().syncsInKernel();
          case COMMAND -> commands;
          case NOP -> false;
        };
    return has && operation.file().descriptor() >= 0;
  }

  private static boolean areAddresses(Operation operation) {
    for (int i = 0; i < operation.vectorCount(); i++) {
      if (!isAddress(operation.vectors()[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAddress(MemorySegment buffer) {
    return buffer.isNative() && buffer.scope().isAlive();
  }

  /// Writes the entry of an operation that [#canWrite].
  ///
  /// @param moved how many of its bytes have been moved before
  void write(Operation operation, int moved, boolean linked) {
    RingFile file = operation.file();
    int flags = linked ? UringAbi.SQE_IO_LINK : 0;
    int fd = registrations.indexOf(file);
    if (fd == Registrations.NONE) {
      fd = file.descriptor();
    } else {
      flags |= UringAbi.SQE_FIXED_FILE;
    }
    long offset = operation.offsetBytes() + moved;
    long at = queue.claim();
    switch (operation.kind()) {
      case READ ->
          transfer(at, operation, UringAbi.OP_READ, UringAbi.OP_READ_FIXED, flags, fd, moved);
      case WRITE ->
          transfer(at, operation, UringAbi.OP_WRITE, UringAbi.OP_WRITE_FIXED, flags, fd, moved);
      case WRITEV -> {
        long list = (long) operation.slot() * Ring.VECTORS_MAX * UringSetup.VECTOR_BYTES;
        int count = putVectors(operation, list, moved);
        put(
            at,
            operation,
            UringAbi.OP_WRITEV,
            flags,
            fd,
            offset,
            vectors.address() + list,
            count,
            0);
      }
      case SYNC ->
          put(at, operation, UringAbi.OP_FSYNC, flags, fd, 0, 0, 0, UringAbi.FSYNC_DATASYNC);
      case COMMAND -> {
        // The upper half of the field must be zero, whatever the sign of the number.
        long command = Integer.toUnsignedLong(operation.command());
        put(at, operation, UringAbi.OP_URING_CMD, flags, fd, command, 0, 0, 0);
        SqeDescriptor.putCommand(queue.entries(), at, operation.payload());
      }
      case NOP -> throw new AssertionError("the kernel is not asked to do nothing");
    }
  }

  private void transfer(
      long at, Operation operation, int opcode, int fixedOpcode, int flags, int fd, int moved) {
    long address = operation.buffer().address() + moved;
    int length = (int) operation.lengthBytes() - moved;
    int chosen = registrations.covers(address, length) ? fixedOpcode : opcode;
    put(at, operation, chosen, flags, fd, operation.offsetBytes() + moved, address, length, 0);
  }

  private void put(
      long at,
      Operation operation,
      int opcode,
      int flags,
      int fd,
      long offset,
      long address,
      int length,
      int opFlags) {
    SqeDescriptor.put(
        queue.entries(), at, opcode, flags, fd, offset, address, length, opFlags, operation.slot());
  }

  /// Lists what is left of a gathered write; the kernel copies the list when it takes the entry.
  private int putVectors(Operation operation, long list, int moved) {
    int count = 0;
    long skip = moved;
    for (int i = 0; i < operation.vectorCount(); i++) {
      MemorySegment source = operation.vectors()[i];
      long skipped = Math.min(skip, source.byteSize());
      skip -= skipped;
      if (skipped < source.byteSize()) {
        long at = list + (long) count++ * UringSetup.VECTOR_BYTES;
        vectors.set(JAVA_LONG, at, source.address() + skipped);
        vectors.set(JAVA_LONG, at + Long.BYTES, source.byteSize() - skipped);
      }
    }
    return count;
  }
}
