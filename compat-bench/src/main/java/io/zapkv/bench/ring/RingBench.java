package io.zapkv.bench.ring;

import io.zapkv.bench.report.MachineFacts;
import io.zapkv.ring.Clock;
import io.zapkv.ring.Rings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Measures a ring beside fio: cell by cell, in turns, on one file whose every block was written.
///
/// @param folder where the file is made, and removed afterwards
/// @param fileBytes its length
/// @param seconds of each turn
/// @param rounds turns of each side in each cell
/// @param withFio whether there is another side
public record RingBench(Path folder, long fileBytes, int seconds, int rounds, boolean withFio) {
  private static final int[] BLOCK_BYTES = {4 << 10, 128 << 10};
  private static final int[] DEPTHS = {1, 8, 32};
  private static final double WARM_UP_SECONDS = 0.5;
  private static final int PIECE_BYTES = 1 << 20;

  /// The cells, in the order they are measured.
  public static List<RingCell> plan() {
    List<RingCell> cells = new ArrayList<>();
    for (boolean direct : new boolean[] {true, false}) {
      for (boolean write : new boolean[] {false, true}) {
        for (int blockBytes : BLOCK_BYTES) {
          for (int depth : DEPTHS) {
            cells.add(new RingCell(write, blockBytes, depth, direct));
          }
        }
      }
    }
    return cells;
  }

  /// Runs the plan.
  ///
  /// @param progress told of each cell before it is measured
  /// @throws FioMissingException where there is no fio
  public RingReport run(Rings rings, List<RingCell> cells, Clock clock, Consumer<RingCell> progress)
      throws IOException, InterruptedException {
    String fioVersion = withFio ? FioLoad.version() : "none";
    Files.createDirectories(folder);
    Path file = Files.createTempFile(folder, "ringbench", ".data");
    try {
      fill(file);
      RingLoad ours = new RingLoad(rings, file, fileBytes, clock);
      FioLoad theirs = new FioLoad(file, fileBytes);
      List<RingReport.Row> rows = new ArrayList<>();
      for (RingCell cell : cells) {
        progress.accept(cell);
        List<Double> our = new ArrayList<>();
        List<Double> their = new ArrayList<>();
        ours.run(cell, WARM_UP_SECONDS);
        for (int round = 0; round < rounds; round++) {
          our.add(ours.run(cell, seconds));
          their.add(withFio ? theirs.run(cell, seconds) : Double.NaN);
        }
        rows.add(new RingReport.Row(cell, our, their));
      }
      return new RingReport(MachineFacts.of(folder), rings.description(), fioVersion, rows);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /// Every block is written: one that is merely allocated is another thing to write.
  private void fill(Path file) throws IOException {
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
    for (int i = 0; i < PIECE_BYTES; i++) {
      piece.put(i, (byte) i);
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (long at = 0; at < fileBytes; at += PIECE_BYTES) {
        piece.clear();
        while (piece.hasRemaining()) {
          channel.write(piece, at + piece.position());
        }
      }
      channel.force(true);
    }
  }
}
