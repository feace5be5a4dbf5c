package io.zapkv.engine.staging;

import io.zapkv.engine.format.RecordDescriptor;
import io.zapkv.engine.format.SegmentHeaderDescriptor;
import io.zapkv.engine.format.ValueKind;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// A record of 16 and 100 bytes into a staging segment beside one `FileChannel.write` of as many
/// bytes: either survives the process, neither a power cut. Both go round in 16 MiB that were
/// written before.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class StagingBenchmark {
  private static final int SEGMENT_BYTES = 16 << 20;
  private static final int KEY_BYTES = 16;
  private static final int VALUE_BYTES = 100;
  private static final int RECORD_BYTES =
      (int) RecordDescriptor.lengthBytes(KEY_BYTES, VALUE_BYTES);

  private final Arena arena = Arena.ofShared();
  private final MemorySegment payload = MemorySegment.ofArray(new byte[KEY_BYTES + VALUE_BYTES]);
  private final ByteBuffer record = ByteBuffer.allocateDirect(RECORD_BYTES);
  private Path folder;
  private FileChannel file;
  private MemorySegment memory;
  private StagingSegment segment;
  private int uses;

  @Setup
  public void open() throws IOException {
    folder = Files.createTempDirectory("staging");
    file = create("plain");
    try (FileChannel mapped = create("mapped")) {
      memory = mapped.map(FileChannel.MapMode.READ_WRITE, 0, SEGMENT_BYTES, arena);
    }
    memory.fill((byte) 0);
    file.write(memory.asByteBuffer(), 0);
    file.position(0);
    start();
  }

  @TearDown
  public void close() throws IOException {
    file.close();
    arena.close();
    for (String name : new String[] {"plain", "mapped"}) {
      Files.delete(folder.resolve(name));
    }
    Files.delete(folder);
  }

  @Benchmark
  public long append() {
    long offset = segment.claim(RECORD_BYTES);
    if (offset == StagingSegment.FULL) {
      start();
      offset = segment.claim(RECORD_BYTES);
    }
    MemorySegment.copy(
        payload, 0, memory, offset + RecordDescriptor.HEADER_BYTES, payload.byteSize());
    RecordDescriptor.describe(memory, offset, ValueKind.PUT, KEY_BYTES, VALUE_BYTES, 0);
    segment.checksum(offset, RECORD_BYTES);
    segment.publish(offset, RECORD_BYTES);
    return offset;
  }

  @Benchmark
  public int appendFileChannel() throws IOException {
    if (file.position() + RECORD_BYTES > SEGMENT_BYTES) {
      file.position(0);
    }
    return file.write(record.clear());
  }

  private FileChannel create(String name) throws IOException {
    return FileChannel.open(
        folder.resolve(name),
        StandardOpenOption.CREATE,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE);
  }

  private void start() {
    segment =
        StagingSegment.start(
            memory, new SegmentHeaderDescriptor(1, 1, ++uses, uses, 1, SEGMENT_BYTES, 0));
  }
}
