package io.zapkv.engine.version;

import io.zapkv.engine.format.InternalCursor;
import io.zapkv.engine.memtable.MemTable;
import io.zapkv.engine.table.NarrowedCursor;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.table.TableReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// All that a read may look at, as of one moment: the memtable that takes writes, the sealed ones,
/// and the tables. Swapped as one, so a reader that has it misses nothing and sees nothing twice.
///
/// **Threading.** Immutable, but for the count of its holders, which is [VersionSet]'s.
///
/// **Memory.** Good while the reader is inside the read gate, or holds it by [VersionSet#hold].
public final class SuperVersion {
  private final MemTable active;
  private final MemTable[] sealed;
  private final Version version;
  private final TableReader[][] readers;
  private final Map<Long, TableReader> readersById = new HashMap<>();

  private int holders = 1; // guarded by VersionSet's swap lock

  SuperVersion(MemTable active, MemTable[] sealed, Version version, TableReader[][] readers) {
    this.active = active;
    this.sealed = sealed;
    this.version = version;
    this.readers = readers;
    for (TableReader[] level : readers) {
      for (TableReader reader : level) {
        readersById.put(reader.meta().id(), reader);
      }
    }
  }

  /// The memtable that takes writes.
  public MemTable active() {
    return active;
  }

  /// How many memtables are sealed and not yet flushed.
  public int sealedCount() {
    return sealed.length;
  }

  /// A sealed memtable; 0 is the newest.
  public MemTable sealed(int index) {
    return sealed[index];
  }

  /// The tables, as the manifest knows them.
  public Version version() {
    return version;
  }

  /// The open table at a place of a level, the same place as in [Version#tables].
  public TableReader reader(int level, int index) {
    return readers[level][index];
  }

  /// The open table that `meta`, of [#version], describes.
  public TableReader reader(TableMeta meta) {
    return Objects.requireNonNull(readersById.get(meta.id()), "a table of this version");
  }

  /// A cursor over the entries that count of the table that `meta`, of [#version], describes.
  public InternalCursor cursor(TableMeta meta) {
    InternalCursor whole = reader(meta).cursor();
    return meta.isNarrowed() ? new NarrowedCursor(whole, meta.smallest()) : whole;
  }

  /// How many tables `level` has.
  public int tableCount(int level) {
    return readers[level].length;
  }

  MemTable[] sealedTables() {
    return sealed;
  }

  Map<Long, TableReader> readersById() {
    return readersById;
  }

  TableReader[][] readers() {
    return readers;
  }

  void addHolder() {
    holders++;
  }

  boolean removeHolder() {
    return --holders == 0;
  }

  List<MemTable> memTables() {
    List<MemTable> all = new ArrayList<>(List.of(sealed));
    all.add(active);
    return all;
  }
}
