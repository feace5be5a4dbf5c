package io.zapkv.engine.version;

import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.zone.Extent;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZonedDevice;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Edits that follow from each other, and what comes out of them.
final class Histories {
  private Histories() {}

  static TableMeta table(long id, String smallest, String largest) {
    return new TableMeta(
        id,
        0,
        smallest.getBytes(StandardCharsets.UTF_8),
        largest.getBytes(StandardCharsets.UTF_8),
        id * 10,
        id * 10 + 9,
        10,
        3,
        1234,
        17,
        ZoneAddress.of(5, id),
        List.of(new Extent(5, 0, 10), new Extent(6, 0, 7)));
  }

  /// Adds table `id` to level 0, and says so in every other field, too.
  static VersionEdit flush(long id) {
    return new VersionEdit(
        List.of(new VersionEdit.Placed(0, table(id, "a" + id, "z" + id))),
        List.of(),
        List.of(new VersionEdit.Released(10, (int) id)),
        id * 100,
        id + 1);
  }

  /// What the store is after flushes 1 to `count`.
  static Version afterFlushes(int count) {
    Version version = Version.empty();
    for (int id = 1; id <= count; id++) {
      version = version.apply(flush(id));
    }
    return version;
  }

  /// An edit with `count` tables whose keys are long.
  static VersionEdit huge(int firstId, int count) {
    List<VersionEdit.Placed> added = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String key = "%06d".formatted(i) + "k".repeat(200);
      added.add(new VersionEdit.Placed(3, table(firstId + i, key, key + "z")));
    }
    return new VersionEdit(added, List.of(), List.of(), 7, firstId + count);
  }

  /// Some legal edit after `now`.
  static VersionEdit random(Version now, SplittableRandom random, long nextId, int[] generations) {
    List<VersionEdit.Placed> added = new ArrayList<>();
    List<VersionEdit.Removed> removed = new ArrayList<>();
    List<VersionEdit.Released> released = new ArrayList<>();
    for (int level = 0; level < Version.LEVELS; level++) {
      for (TableMeta table : now.tables(level)) {
        if (random.nextInt(4) == 0) {
          removed.add(new VersionEdit.Removed(level, table.id()));
        }
      }
    }
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      long id = nextId + i;
      int level = random.nextInt(Version.LEVELS);
      added.add(
          new VersionEdit.Placed(level, table(id, "%08d".formatted(id), "%08dx".formatted(id))));
    }
    if (random.nextInt(3) == 0) {
      int zone = random.nextInt(8, generations.length);
      released.add(new VersionEdit.Released(zone, generations[zone] + 1));
    }
    long logFloor = random.nextBoolean() ? VersionEdit.UNCHANGED : random.nextLong(1L << 56);
    return new VersionEdit(added, removed, released, logFloor, nextId + count);
  }

  /// A version as text, every field of every table included.
  static String print(Version version) {
    StringBuilder text = new StringBuilder();
    for (int level = 0; level < Version.LEVELS; level++) {
      for (TableMeta table : version.tables(level)) {
        text.append(level)
            .append(' ')
            .append(new String(table.smallest(), StandardCharsets.UTF_8))
            .append("..")
            .append(new String(table.largest(), StandardCharsets.UTF_8))
            .append(' ')
            .append(table.toString().replaceAll("\\[B@[0-9a-f]+", ""))
            .append('\n');
      }
    }
    return text.toString();
  }

  /// The bytes of a zone of a `mem:` device, to be damaged.
  @SuppressWarnings("restricted")
  static MemorySegment writable(ZonedDevice device, int zone) {
    MemorySegment mapped = device.mapped(zone);
    return MemorySegment.ofAddress(mapped.address()).reinterpret(mapped.byteSize());
  }
}
