package io.zapkv.engine.compaction;

import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.format.ValueKind;
import io.zapkv.engine.read.Entry;
import io.zapkv.engine.read.ListCursor;
import io.zapkv.engine.read.TableCursors;
import io.zapkv.engine.table.NarrowedCursor;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.zone.Extent;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Tables as lists in memory: what a job reads from and writes to. A zone holds `zoneEntries`
/// entries, each of which takes one block.
final class FakeTables implements TableCursors, TableOutputs {
  private final int zoneEntries;
  final Map<Long, List<Entry>> byId = new TreeMap<>();
  final List<Long> expected = new ArrayList<>();
  final List<Integer> sizes = new ArrayList<>();
  int unfinished;
  long nextId = 1;
  int failAfterEntries = Integer.MAX_VALUE;
  Runnable onAdd = () -> {};

  FakeTables(int zoneEntries) {
    this.zoneEntries = zoneEntries;
  }

  TableMeta add(List<Entry> sorted) {
    long id = nextId++;
    byId.put(id, List.copyOf(sorted));
    return new TableMeta(
        id,
        0,
        sorted.getFirst().key(),
        sorted.getLast().key(),
        sorted.stream().mapToLong(Entry::sequence).min().getAsLong(),
        sorted.stream().mapToLong(Entry::sequence).max().getAsLong(),
        sorted.size(),
        sorted.stream().filter(entry -> entry.kind() == ValueKind.DELETE).count(),
        sorted.stream().mapToLong(entry -> entry.key().length + entry.value().length).sum(),
        sorted.size(),
        0,
        List.of(new Extent((int) id, 0, sorted.size())));
  }

  @Override
  public InternalCursor open(TableMeta table) {
    InternalCursor whole = new ListCursor(byId.get(table.id()));
    return table.isNarrowed() ? new NarrowedCursor(whole, table.smallest()) : whole;
  }

  @Override
  public TableOutput open(int level, long expectedBlocks) {
    expected.add(expectedBlocks);
    unfinished++;
    return new Output();
  }

  @Override
  public void discard(TableMeta table) {
    byId.remove(table.id());
  }

  private final class Output implements TableOutput {
    private final List<Entry> entries = new ArrayList<>();

    @Override
    public boolean hasRoomFor(int keyLength, int valueLength) {
      return entries.size() < zoneEntries;
    }

    @Override
    public void add(
        MemorySegment key,
        long keyOffset,
        int keyLength,
        long sequence,
        int kind,
        MemorySegment value,
        long valueOffset,
        int valueLength) {
      if (failAfterEntries-- == 0) {
        throw new IllegalStateException("the device failed");
      }
      onAdd.run();
      Entry entry =
          new Entry(
              key.asSlice(keyOffset, keyLength).toArray(ValueLayout.JAVA_BYTE),
              sequence,
              kind,
              value.asSlice(valueOffset, valueLength).toArray(ValueLayout.JAVA_BYTE));
      if (!entries.isEmpty() && Entry.ORDER.compare(entries.getLast(), entry) >= 0) {
        throw new AssertionError("out of order: " + entries.getLast() + ", " + entry);
      }
      entries.add(entry);
    }

    @Override
    public TableMeta finish() {
      unfinished--;
      sizes.add(entries.size());
      return FakeTables.this.add(entries);
    }

    @Override
    public void abandon() {
      unfinished--;
    }
  }
}
