package io.zapkv.zns.nvme;

import io.zapkv.ring.Errno;
import io.zapkv.ring.Ring;
import io.zapkv.ring.RingException;
import io.zapkv.zns.DeviceFormatException;
import io.zapkv.zns.DeviceIoException;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import io.zapkv.zns.ZoneReport;
import io.zapkv.zns.ZoneState;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Has a device show, before it is used, that it does what the append contract says.
///
/// On an empty zone: two blocks are appended at once, read back at the addresses that were
/// answered, compared with what was sent and with the device's report, and the zone is reset.
/// Emulators and kernels have answered wrong addresses before (A12, F15).
final class SelfTest {
  private static final String SKIPPED = "self-test skipped: ";
  private static final String FAILING_ADVICE =
      "look at the kernel's log; the device may be failing";
  private static final int BLOCKS = 2;
  private static final long PATTERN = 0x5A41_504B_5631_5345L;

  private final NvmeNamespace namespace;
  private final ZoneQueue queue;
  private final Geometry geometry;
  private final int zone;

  private SelfTest(NvmeNamespace namespace, ZoneQueue queue, int zone) {
    this.namespace = namespace;
    this.queue = queue;
    this.zone = zone;
    geometry = namespace.geometry();
  }

  /// Whether commands get through at all: one read, whose bytes nobody looks at.
  ///
  /// @param patienceNanos how long its answer may take
  /// @throws DeviceIoException where they do not, or the ring breaks
  static void probe(NvmeNamespace namespace, Ring ring, long patienceNanos) {
    // Leaked where the command does not come back: the device may write to it for ever.
    Arena arena = Arena.ofShared();
    int answer;
    try {
      answer = sendOne(namespace, ring, patienceNanos, arena);
    } catch (RingException e) {
      throw new DeviceIoException(
          namespace.device(),
          "io_uring broke under the first command: " + e.getMessage(),
          e.advice(),
          null);
    }
    arena.close();
    // A status is the device's own word: the command got there.
    if (answer < 0) {
      throw new DeviceIoException(
          namespace.device(),
          "a command by io_uring failed: " + NvmeStatus.print(answer),
          cure(-answer),
          null);
    }
  }

  private static int sendOne(NvmeNamespace namespace, Ring ring, long patienceNanos, Arena arena) {
    int blockBytes = namespace.geometry().blockBytes();
    MemorySegment command = arena.allocate(NvmeCommandDescriptor.URING_BYTES, Long.BYTES);
    MemorySegment target = arena.allocate(blockBytes, blockBytes);
    NvmeCommandDescriptor.putTransfer(
        command,
        NvmeCommandDescriptor.READ,
        namespace.port().namespace(),
        0,
        1,
        false,
        target.address(),
        blockBytes);
    ring.command(namespace.port().file(), NvmeCommandDescriptor.URING_IO, command, 0, 0);
    int[] answer = {0};
    if (ring.await((_, result, _) -> answer[0] = result, 1, patienceNanos) == 0) {
      ring.cancel(0);
      throw new DeviceIoException(
          namespace.device(),
          "its first command was not answered within " + patienceNanos / 1_000_000_000 + " s",
          FAILING_ADVICE,
          null);
    }
    return answer[0];
  }

  private static String cure(int errno) {
    return switch (errno) {
      case Errno.EOPNOTSUPP, Errno.EINVAL, Errno.ENOTTY ->
          "passthrough by io_uring needs kernel 5.19 or newer";
      case Errno.EPERM, Errno.EACCES ->
          "kernels before 6.2 want CAP_SYS_ADMIN for passthrough; and open the node for writing";
      default -> FAILING_ADVICE;
    };
  }

  /// Runs the test on the last empty zone.
  ///
  /// @param queue nobody else's
  /// @return what was found, in a sentence
  /// @throws DeviceFormatException where the device is not to be believed
  /// @throws DeviceIoException where it does not answer
  static String run(NvmeNamespace namespace, ZoneQueue queue, List<ZoneReport> reports) {
    Geometry geometry = namespace.geometry();
    if (geometry.zoneCapacityBlocks() < BLOCKS) {
      return SKIPPED + "a zone has one block only";
    }
    for (ZoneReport report : reports.reversed()) {
      if (report.state() == ZoneState.EMPTY) {
        return new SelfTest(namespace, queue, report.zone()).run();
      }
    }
    return SKIPPED + "no zone is empty";
  }

  static boolean wasSkipped(String found) {
    return found.startsWith(SKIPPED);
  }

  private String run() {
    // Leaked where the way to the device is lost, as of what was under way nobody knows the end.
    Arena arena = Arena.ofShared();
    try {
      return run(arena);
    } finally {
      if (!queue.isLost()) {
        arena.close();
      }
    }
  }

  private String run(Arena arena) {
    int blockBytes = geometry.blockBytes();
    MemorySegment sent = arena.allocate((long) BLOCKS * blockBytes, blockBytes);
    for (long at = 0; at < sent.byteSize(); at += Long.BYTES) {
      sent.set(ValueLayout.JAVA_LONG, at, PATTERN * (at + 1));
    }
    Answers appended = new Answers();
    for (int block = 0; block < BLOCKS; block++) {
      queue.append(zone, sent.asSlice((long) block * blockBytes, blockBytes), 0, block);
    }
    appended.takeAll(queue);
    ZoneFailure failure = appended.failure;
    if (failure == ZoneFailure.TOO_MANY_ACTIVE || failure == ZoneFailure.TOO_MANY_OPEN) {
      return SKIPPED + "the device has no slot for another zone";
    }
    String found = failure == null ? compare(arena, sent, appended) : told(failure);
    if (found == null) {
      found = reset();
    }
    if (queue.isLost()) {
      throw new DeviceIoException(
          namespace.device(),
          "it stopped answering during its self-test on zone " + zone + ", the log says how",
          FAILING_ADVICE,
          null);
    }
    if (found != null) {
      throw new DeviceFormatException(
          namespace.device(),
          "it failed its self-test on zone " + zone + ": " + found,
          "do not keep data on it: its firmware, or this kernel, answers what is not so");
    }
    return "self-test passed on zone " + zone;
  }

  private String told(ZoneFailure failure) {
    String lie = namespace.zones().lie();
    return lie == null ? "an append failed, " + failure + ", " + failure.advice() : lie;
  }

  private @Nullable String compare(Arena arena, MemorySegment sent, Answers appended) {
    int blockBytes = geometry.blockBytes();
    for (int block = 0; block < BLOCKS; block++) {
      long address = appended.addresses[block];
      MemorySegment read = arena.allocate(blockBytes, blockBytes);
      queue.read(address, read, 0, 0);
      Answers answer = new Answers();
      answer.takeAll(queue);
      if (answer.failure != null) {
        return "what was appended at "
            + ZoneAddress.print(address)
            + " cannot be read: "
            + answer.failure;
      }
      if (read.mismatch(sent.asSlice((long) block * blockBytes, blockBytes)) != -1) {
        return "at "
            + ZoneAddress.print(address)
            + ", the address it answered, there is something else";
      }
    }
    ZoneReport report = namespace.report(zone);
    return report.writePointerBlocks() == BLOCKS || report.state() == ZoneState.FULL
        ? namespace.zones().lie()
        : "after " + BLOCKS + " blocks it reports " + report;
  }

  private @Nullable String reset() {
    queue.manage(ZoneAction.RESET, zone, 0, 0);
    Answers answer = new Answers();
    answer.takeAll(queue);
    if (answer.failure != null) {
      return "a reset failed, " + answer.failure + ", " + answer.failure.advice();
    }
    ZoneReport report = namespace.report(zone);
    return report.state() == ZoneState.EMPTY ? null : "after a reset it reports " + report;
  }

  /// Takes the completions of a few operations.
  private static final class Answers implements ZoneHandler {
    final long[] addresses = new long[BLOCKS];
    @Nullable ZoneFailure failure;

    void takeAll(ZoneQueue queue) {
      while (queue.outstanding() > 0) {
        queue.await(this, BLOCKS);
      }
    }

    @Override
    public void onDone(long token, int bytes, long address) {
      addresses[(int) token] = address;
    }

    @Override
    public void onFailed(long token, ZoneFailure its) {
      failure = its;
    }
  }
}
