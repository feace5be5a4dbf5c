package io.zapkv.zns.nvme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.zapkv.ring.CompletionHandler;
import io.zapkv.ring.Ring;
import io.zapkv.ring.RingFile;
import io.zapkv.ring.RingOptions;
import io.zapkv.ring.Rings;
import io.zapkv.ring.sys.LinuxFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Completions that are looked for at the device instead of announced by it, on NVMe whose driver
/// was loaded with `poll_queues`. What is on both devices is lost:
///
/// ```
///   zap.test.polled   a block device; zoned ones with an empty first zone
///   zap.test.nvme     the node of a zoned namespace, for commands
/// ```
///
/// The kernel's count of the device's interrupts says which way completions came.
class PolledCompletionsTest {
  private static final int BLOCK_BYTES = 4096;
  private static final int BLOCKS = 16;
  private static final int READS = 256;
  private static final int DEPTH = 8;

  private final Arena arena = Arena.ofShared();
  private final Rings rings =
      Rings.choose(
          Rings.Choice.AUTO,
          1,
          task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
          });

  /// What was answered, by token.
  private static final class Answers implements CompletionHandler {
    private final int[] results = new int[READS];
    private final long[] details = new long[READS];
    private int count;

    @Override
    public void onCompletion(long token, int result, long detail) {
      results[(int) token] = result;
      details[(int) token] = detail;
      count++;
    }

    void drain(Ring ring) {
      while (ring.outstanding() > 0) {
        ring.await(this, DEPTH);
      }
    }
  }

  @AfterEach
  void close() {
    rings.close();
    arena.close();
  }

  private static Path device(String property) {
    String name = System.getProperty(property);
    assumeThat(name).as("property %s, a device to write to", property).isNotNull();
    return Path.of(String.valueOf(name));
  }

  private MemorySegment block() {
    return arena.allocate(BLOCK_BYTES, BLOCK_BYTES);
  }

  private static byte pattern(int block) {
    return (byte) (block * 7 + 1);
  }

  /// How often NVMe queues have interrupted so far; a queue that is polled cannot.
  private static long interrupts() throws IOException {
    long sum = 0;
    for (String line : Files.readAllLines(Path.of("/proc/interrupts"))) {
      if (line.matches(".*\\bnvme\\d+q\\d+$")) {
        sum +=
            Arrays.stream(line.trim().split("\\s+"))
                .skip(1)
                .takeWhile(word -> word.matches("\\d+"))
                .mapToLong(Long::parseLong)
                .sum();
      }
    }
    return sum;
  }

  /// Writes are not counted: those of io_uring to a zoned block device wait in the kernel's plug of
  /// their zone, which takes polling away from them (Linux 6.12).
  @Test
  void aPolledRingWritesABlockDeviceAndReadsItWithoutAnInterrupt() throws Exception {
    Path path = device("zap.test.polled");
    try (RingFile file = LinuxFile.open(path, LinuxFile.Flag.WRITE, LinuxFile.Flag.DIRECT)) {
      try (Ring ring = rings.open(RingOptions.of(DEPTH).withPolling())) {
        Answers written = new Answers();
        MemorySegment source = block();
        for (int block = 0; block < BLOCKS; block++) {
          // One by one, because a zone is written in order.
          source.fill(pattern(block));
          assertThat(ring.write(file, (long) block * BLOCK_BYTES, source, 0, block)).isTrue();
          written.drain(ring);
        }
        assertThat(Arrays.copyOf(written.results, BLOCKS)).containsOnly(BLOCK_BYTES);
        long before = interrupts();
        readAll(ring, file);
        assertThat(interrupts() - before).as("interrupts of polled reads").isLessThan(READS / 32);
      }
      // The same without polling, so that the count is known to count.
      try (Ring ring = rings.open(RingOptions.of(DEPTH))) {
        long before = interrupts();
        readAll(ring, file);
        assertThat(interrupts() - before)
            .as("interrupts of the same reads")
            .isGreaterThanOrEqualTo(READS / DEPTH);
      }
    }
  }

  private void readAll(Ring ring, RingFile file) {
    MemorySegment[] targets = new MemorySegment[DEPTH];
    Arrays.setAll(targets, _ -> block());
    Answers read = new Answers();
    for (int first = 0; first < READS; first += DEPTH) {
      for (int i = 0; i < DEPTH; i++) {
        int block = (first + i) % BLOCKS;
        targets[i].fill((byte) 0);
        assertThat(ring.read(file, (long) block * BLOCK_BYTES, targets[i], 0, first + i)).isTrue();
      }
      read.drain(ring);
      for (int i = 0; i < DEPTH; i++) {
        assertThat(targets[i].toArray(ValueLayout.JAVA_BYTE))
            .containsOnly(pattern((first + i) % BLOCKS));
      }
    }
    assertThat(read.results).containsOnly(BLOCK_BYTES);
  }

  @Test
  void aPolledRingCarriesTheAddressesOfAppends() throws Exception {
    Path path = device("zap.test.nvme");
    try (NvmeNode node = NvmeNode.open("nvme:" + path, path, false)) {
      reset(node);
      try (Ring ring = rings.open(RingOptions.of(DEPTH).withCommands().withPolling())) {
        long before = interrupts();
        int[] blockAt = new int[BLOCKS];
        Arrays.fill(blockAt, -1);
        MemorySegment[] sources = new MemorySegment[BLOCKS];
        for (int first = 0; first < BLOCKS; first += DEPTH) {
          Answers appended = new Answers();
          for (int block = first; block < first + DEPTH; block++) {
            sources[block] = block();
            sources[block].fill(pattern(block));
            send(ring, node, NvmeCommandDescriptor.ZONE_APPEND, 0, sources[block], block);
          }
          appended.drain(ring);
          assertThat(appended.count).isEqualTo(DEPTH);
          for (int block = first; block < first + DEPTH; block++) {
            assertThat(appended.results[block]).isZero();
            int address = (int) appended.details[block];
            assertThat(blockAt[address]).as("what landed at %d before", address).isEqualTo(-1);
            blockAt[address] = block;
          }
        }
        for (int address = 0; address < BLOCKS; address++) {
          MemorySegment target = block();
          Answers read = new Answers();
          send(ring, node, NvmeCommandDescriptor.READ, address, target, 0);
          read.drain(ring);
          assertThat(read.results[0]).isZero();
          assertThat(target.mismatch(sources[blockAt[address]])).isEqualTo(-1);
        }
        assertThat(interrupts() - before).as("interrupts of polled commands").isLessThan(BLOCKS);
      } finally {
        reset(node);
      }
    }
  }

  private void reset(NvmeNode node) {
    MemorySegment command = arena.allocate(NvmeCommandDescriptor.IOCTL_BYTES, Long.BYTES);
    NvmeCommandDescriptor.putManage(command, node.namespace(), NvmeCommandDescriptor.RESET, 0);
    assertThat(node.io(command)).isZero();
  }

  private void send(
      Ring ring, NvmeNode node, byte opcode, long lba, MemorySegment data, long token) {
    MemorySegment command = arena.allocate(NvmeCommandDescriptor.URING_BYTES, Long.BYTES);
    NvmeCommandDescriptor.putTransfer(
        command, opcode, node.namespace(), lba, 1, false, data.address(), data.byteSize());
    assertThat(ring.command(node.file(), NvmeCommandDescriptor.URING_IO, command, 0, token))
        .isTrue();
  }
}
