package io.zapkv.engine.compaction;

import io.zapkv.engine.compaction.CompactionChoice.Drop;
import io.zapkv.engine.compaction.CompactionChoice.Input;
import io.zapkv.engine.compaction.CompactionChoice.Merge;
import io.zapkv.engine.compaction.CompactionChoice.Move;
import io.zapkv.engine.compaction.CompactionChoice.Nothing;
import io.zapkv.engine.compaction.CompactionChoice.Rewrite;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.version.Version;
import io.zapkv.engine.version.VersionEdit;
import io.zapkv.engine.zone.Extent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A version and what goes on in it, drawn as text.
///
/// ```
///   zone 100 base 400 room 5000 snapshot 70
///   L0: 9:a-m/40 8:c-z/40
///   L6: 1:a-f/100 2:g-z/30,d=10,s=5-9,z=3
///   running: merge L0[8] L6[1] -> L6
///   full: sequence 50 table 9
/// ```
///
/// A table is `id:smallest-largest/blocks`; then, where it matters, `d` deletions of its 100
/// entries, `s` its sequences (its id times ten by default), `z` its zones, as `7+8` (one of its
/// own by default), `n=` where it is narrowed. `sealed 7` says that zones are short, and that zone
/// 7 takes no more; `pressing 1` that merges have hardly a zone.
final class LsmText {
  long zoneBlocks = 100;
  private long baseBlocks = 400;
  private long roomBlocks = Long.MAX_VALUE;
  private int refused;
  private final Set<Integer> sealedZones = new HashSet<>();
  private long pressing;
  private long oldestSnapshot = Long.MAX_VALUE;
  private FullCompaction full;
  private final Map<Long, TableMeta> byId = new HashMap<>();
  private final List<VersionEdit.Placed> placed = new ArrayList<>();
  private final List<CompactionChoice> running = new ArrayList<>();

  LsmText(String text) {
    for (String line : text.lines().toList()) {
      String[] words = line.strip().split("\\s+");
      if (words[0].matches("L\\d:")) {
        for (int i = 1; i < words.length; i++) {
          table(words[0].charAt(1) - '0', words[i]);
        }
      } else if (words[0].equals("running:")) {
        running.add(choice(line.substring(line.indexOf(':') + 1).strip()));
      } else if (words[0].equals("full:")) {
        full = new FullCompaction(Long.parseLong(words[2]), Long.parseLong(words[4]));
      } else {
        settings(words);
      }
    }
  }

  Version version() {
    return Version.empty()
        .apply(
            new VersionEdit(
                placed, List.of(), List.of(), VersionEdit.UNCHANGED, VersionEdit.UNCHANGED));
  }

  CompactionState state() {
    return new CompactionState(running, oldestSnapshot, roomBlocks, refused, tight(), full);
  }

  private CompactionState.Tight tight() {
    return sealedZones.isEmpty()
        ? null
        : new CompactionState.Tight(filesBySealedZone(), roomBlocks, 4096, Set.of(), pressing > 0);
  }

  private Map<Integer, Integer> filesBySealedZone() {
    Map<Integer, Integer> files = new HashMap<>();
    for (VersionEdit.Placed each : placed) {
      for (Extent extent : each.table().extents()) {
        if (sealedZones.contains(extent.zone())) {
          files.merge(extent.zone(), 1, Integer::sum);
        }
      }
    }
    return files;
  }

  LevelTargets targets() {
    return LevelTargets.of(version(), baseBlocks);
  }

  /// `move 4 L5 -> L6`, `merge L0[9 8] L6[1] -> L6`, `drop L3[7]`, `rewrite L0[9 8] L6[1]` or
  /// `nothing`.
  static String text(CompactionChoice choice) {
    return switch (choice) {
      case Nothing _ -> "nothing";
      case Move(TableMeta table, int from, int to) ->
          "move " + table.id() + " L" + from + " -> L" + to;
      case Rewrite rewrite ->
          "rewrite "
              + rewrite.merges().stream()
                  .map(merge -> text(merge.outputLevel(), merge.tables()))
                  .collect(Collectors.joining(" "));
      case Drop(int level, List<TableMeta> tables) -> "drop " + text(level, tables);
      case Merge(List<Input> inputs, int outputLevel, long blocksMax, boolean mustGain) -> {
        StringBuilder text = new StringBuilder("merge");
        inputs.forEach(input -> text.append(' ').append(text(input.level(), input.tables())));
        yield text
            + " -> L"
            + outputLevel
            + (blocksMax == Merge.UNBOUNDED ? "" : " within " + blocksMax)
            + (mustGain ? " if it gains" : "");
      }
    };
  }

  private static String text(int level, List<TableMeta> tables) {
    StringBuilder ids = new StringBuilder();
    tables.forEach(table -> ids.append(ids.isEmpty() ? "" : " ").append(table.id()));
    return "L" + level + "[" + ids + "]";
  }

  private CompactionChoice choice(String text) {
    String[] words = text.split(" ", 2);
    return switch (words[0]) {
      case "move" -> {
        String[] parts = words[1].split("\\D+");
        yield new Move(
            byId.get(Long.parseLong(parts[0])),
            Integer.parseInt(parts[1]),
            Integer.parseInt(parts[2]));
      }
      case "drop" ->
          new Drop(inputs(words[1]).getFirst().level(), inputs(words[1]).getFirst().tables());
      case "merge" -> {
        String[] sides = words[1].split(" -> L");
        yield new Merge(inputs(sides[0]), Integer.parseInt(sides[1]));
      }
      default -> throw new IllegalArgumentException(text);
    };
  }

  private List<Input> inputs(String text) {
    List<Input> inputs = new ArrayList<>();
    for (String part : text.strip().split("\\]\\s*")) {
      List<TableMeta> tables = new ArrayList<>();
      for (String id : part.substring(part.indexOf('[') + 1).split(" ")) {
        tables.add(byId.get(Long.parseLong(id)));
      }
      inputs.add(new Input(part.charAt(1) - '0', tables));
    }
    return inputs;
  }

  private void settings(String[] words) {
    for (int i = 0; i + 1 < words.length; i += 2) {
      long value = Long.parseLong(words[i + 1]);
      switch (words[i]) {
        case "zone" -> zoneBlocks = value;
        case "base" -> baseBlocks = value;
        case "sealed" -> sealedZones.add((int) value);
        case "pressing" -> pressing = value;
        case "refused" -> refused = (int) value;
        case "room" -> roomBlocks = value;
        case "snapshot" -> oldestSnapshot = value;
        default -> throw new IllegalArgumentException(words[i]);
      }
    }
  }

  /// As many blocks in each zone; what does not divide is in the first.
  private static List<Extent> extents(List<Integer> zones, long blocks) {
    List<Extent> extents = new ArrayList<>();
    for (int zone : zones) {
      long share = blocks / zones.size();
      long rest = extents.isEmpty() ? blocks % zones.size() : 0;
      extents.add(new Extent(zone, 0, share + rest));
    }
    return extents;
  }

  private void table(int level, String text) {
    String[] fields = text.split(",");
    String[] parts = fields[0].split("[:/]");
    String[] keys = parts[1].split("-");
    long id = Long.parseLong(parts[0]);
    long blocks = Long.parseLong(parts[2]);
    long deletions = 0;
    long smallestSequence = id * 10;
    long largestSequence = id * 10;
    List<Integer> zones = List.of((int) id + 1000);
    boolean isNarrowed = false;
    for (int i = 1; i < fields.length; i++) {
      String value = fields[i].substring(2);
      switch (fields[i].charAt(0)) {
        case 'd' -> deletions = Long.parseLong(value);
        case 's' -> {
          smallestSequence = Long.parseLong(value.split("-")[0]);
          largestSequence = Long.parseLong(value.split("-")[1]);
        }
        case 'n' -> isNarrowed = true;
        case 'z' -> zones = Stream.of(value.split("\\+")).map(Integer::valueOf).toList();
        default -> throw new IllegalArgumentException(text);
      }
    }
    TableMeta table =
        new TableMeta(
            id,
            0,
            keys[0].getBytes(StandardCharsets.UTF_8),
            keys[1].getBytes(StandardCharsets.UTF_8),
            smallestSequence,
            largestSequence,
            100,
            deletions,
            blocks * 4096,
            blocks,
            0,
            extents(zones, blocks));
    table = isNarrowed ? table.narrowedTo(table.smallest()) : table;
    byId.put(id, table);
    placed.add(new VersionEdit.Placed(level, table));
  }
}
