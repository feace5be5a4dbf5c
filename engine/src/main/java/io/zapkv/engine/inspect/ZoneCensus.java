package io.zapkv.engine.inspect;

import io.zapkv.engine.append.BlockSource;
import io.zapkv.engine.append.ChunkWalker;
import io.zapkv.engine.format.Envelope;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.Recovered;
import io.zapkv.engine.version.Version;
import io.zapkv.engine.zone.Extent;
import io.zapkv.zns.ZoneReport;
import java.util.HashMap;
import java.util.Map;

/// Counts what a zone holds of each table that lives in it, chunk by chunk, and compares that with
/// what the manifest says.
///
/// More than it says is no problem: an append whose completion was lost is sent again (D10), and a
/// table that was given up leaves its chunks where they are.
///
/// **Threading.** One thread.
final class ZoneCensus {
  private final BlockSource source;
  private final Recovered found;
  private final ProblemList problems;
  private final int blockBytes;
  private final Map<Integer, Map<Long, Long>> expectedBlocks = new HashMap<>();

  ZoneCensus(BlockSource source, Recovered found, ProblemList problems) {
    this.source = source;
    this.found = found;
    this.problems = problems;
    this.blockBytes = source.device().geometry().blockBytes();
    for (int level = 0; level < Version.LEVELS; level++) {
      for (TableMeta table : found.version().tables(level)) {
        expect(table);
      }
    }
  }

  private void expect(TableMeta table) {
    long blocks = 0;
    for (Extent extent : table.extents()) {
      expectedBlocks
          .computeIfAbsent(extent.zone(), _ -> new HashMap<>())
          .merge(table.id(), extent.blocks(), Long::sum);
      blocks += extent.blocks();
    }
    if (blocks != table.blocks()) {
      problems.add(
          source.device().name() + ": manifest, table " + table.id(),
          table.blocks() + " blocks in its zones",
          Long.toString(blocks));
    }
  }

  /// Whether a table lives in `zone`.
  boolean livesIn(int zone) {
    return expectedBlocks.containsKey(zone);
  }

  /// Reads a zone from its start to where it was written.
  void check(ZoneReport zone) {
    Map<Long, Long> expected = expectedBlocks.getOrDefault(zone.zone(), Map.of());
    Map<Long, Long> held = new HashMap<>();
    try (ChunkWalker walker =
        new ChunkWalker(source, zone.zone(), FoundZones.writtenBlocks(zone))) {
      while (walker.next()) {
        Envelope chunk = walker.envelope();
        if (isOfTable(chunk) && expected.containsKey(chunk.fileId())) {
          held.merge(chunk.fileId(), (long) chunk.chunkBytes(blockBytes) / blockBytes, Long::sum);
        }
      }
    }
    expected.forEach((table, blocks) -> {
      long whole = held.getOrDefault(table, 0L);
      if (whole < blocks) {
        problems.add(
            source.device().name() + ": zone " + zone.zone() + ", table " + table,
            blocks + " blocks of whole chunks",
            whole + ", in a zone that is " + zone.state());
      }
    });
  }

  private boolean isOfTable(Envelope chunk) {
    return switch (chunk.kind()) {
      case TABLE_DATA, TABLE_META, TABLE_FOOTER ->
          chunk.storeId() == found.storeId()
              && chunk.generation() == found.generations()[chunk.zone()];
      case SUPERBLOCK, MANIFEST_SNAPSHOT, MANIFEST_EDIT, LOG, PADDING -> false;
    };
  }
}
