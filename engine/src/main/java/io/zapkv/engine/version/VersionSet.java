package io.zapkv.engine.version;

import io.zapkv.api.OutOfSpaceException;
import io.zapkv.engine.base.EpochGate;
import io.zapkv.engine.base.Invariants;
import io.zapkv.engine.memtable.MemTable;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.table.TableReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The one place that says what the store is made of now, and that changes it: first in the
/// manifest, then in what readers see (D22).
///
/// ```
///   rotate(next)           active ─► sealed, next ─► active            memory only
///   commit(edit, flushed)  manifest, durable ─► tables swapped, flushed memtable leaves
/// ```
///
/// What leaves is given to [Owner] once nobody can look at it any more: no reader in the gate, no
/// cursor that holds an older super-version.
///
/// **Threading.** Any thread. Commits take turns, and wait for the device; swapping is short.
public final class VersionSet implements AutoCloseable {
  /// Gets back what the store no longer looks at.
  public interface Owner {
    /// `table` is closed and nothing will read its chunks again.
    void tableGone(TableMeta table);

    /// Nobody looks at `table` again; its segment may be used anew.
    void memTableGone(MemTable table);

    /// All that was to be given back just now has been.
    void allGone();
  }

  private final Manifest manifest;
  private final Function<TableMeta, TableReader> opener;
  private final EpochGate readGate;
  private final Owner owner;

  private final ReentrantLock committing = new ReentrantLock();
  private final ReentrantLock swapping = new ReentrantLock();
  private final Map<MemTable, Integer> memTableUses = new HashMap<>(); // guarded by swapping
  private final Map<TableReader, Integer> readerUses = new HashMap<>(); // guarded by swapping
  private final ArrayDeque<Retired> retired = new ArrayDeque<>(); // guarded by swapping
  private final AtomicInteger givingBack = new AtomicInteger();
  private volatile SuperVersion current;

  private record Retired(SuperVersion version, long epoch) {}

  /// A set that starts with the tables of `version` and `active` as the memtable.
  ///
  /// @param found opens a table that was there already
  /// @param opener opens a table before the edit that adds it is journaled
  public VersionSet(
      Manifest manifest,
      Version version,
      MemTable active,
      Function<TableMeta, TableReader> found,
      Function<TableMeta, TableReader> opener,
      EpochGate readGate,
      Owner owner) {
    this.manifest = manifest;
    this.opener = opener;
    this.readGate = readGate;
    this.owner = owner;
    this.current =
        new SuperVersion(
            active, new MemTable[0], version, openAll(version, Map.of(), found, () -> {}));
    countUses(current);
  }

  /// What reads look at. The caller is inside the read gate, or only asks about counts.
  public SuperVersion current() {
    return current;
  }

  /// Holds the current super-version beyond the read gate, until [#release].
  public SuperVersion hold() {
    swapping.lock();
    try {
      SuperVersion held = current;
      held.addHolder();
      return held;
    } finally {
      swapping.unlock();
    }
  }

  /// Ends a hold.
  public void release(SuperVersion held) {
    List<Runnable> gone = new ArrayList<>();
    swapping.lock();
    try {
      dropHolder(held, gone);
      givingBack.addAndGet(gone.size());
    } finally {
      swapping.unlock();
    }
    giveBack(gone);
  }

  /// Makes `next` the memtable that takes writes. The old one is sealed already.
  public void rotate(MemTable next) {
    swapping.lock();
    try {
      SuperVersion old = current;
      MemTable[] sealed = new MemTable[old.sealedCount() + 1];
      sealed[0] = old.active();
      System.arraycopy(old.sealedTables(), 0, sealed, 1, old.sealedCount());
      swap(new SuperVersion(next, sealed, old.version(), old.readers()));
    } finally {
      swapping.unlock();
    }
  }

  /// Journals `edit`, and when it is durable shows it.
  ///
  /// @param flushed the memtable whose records the added tables hold, or null
  /// @throws OutOfSpaceException where the metadata has no room for it; nothing has changed
  public void commit(VersionEdit edit, @Nullable MemTable flushed) {
    committing.lock();
    try {
      Version next = current.version().apply(edit);
      TableReader[][] readers =
          openAll(next, current.readersById(), opener, () -> manifest.append(edit));
      swapping.lock();
      try {
        SuperVersion old = current;
        swap(new SuperVersion(old.active(), without(old, flushed), next, readers));
      } finally {
        swapping.unlock();
      }
    } finally {
      committing.unlock();
    }
    reclaim();
  }

  /// Journals an edit whose tables nobody will look at before the store is opened again.
  public void commitLast(VersionEdit edit) {
    committing.lock();
    try {
      manifest.append(edit);
    } finally {
      committing.unlock();
    }
  }

  /// Gives back what nobody can see any more. Does not wait.
  public void reclaim() {
    List<Runnable> gone = new ArrayList<>();
    swapping.lock();
    try {
      while (!retired.isEmpty() && readGate.hasPassed(retired.getFirst().epoch())) {
        dropHolder(retired.removeFirst().version(), gone);
      }
      givingBack.addAndGet(gone.size());
    } finally {
      swapping.unlock();
    }
    giveBack(gone);
  }

  private void giveBack(List<Runnable> gone) {
    if (gone.isEmpty()) {
      return;
    }
    try {
      gone.forEach(Runnable::run);
    } finally {
      givingBack.addAndGet(-gone.size());
    }
    owner.allGone();
  }

  /// Whether something waits to be given back until its last reader has left, or is being given
  /// back: zones may look alive that are not.
  public boolean isGivingBack() {
    swapping.lock();
    try {
      return !retired.isEmpty() || givingBack.get() > 0;
    } finally {
      swapping.unlock();
    }
  }

  /// Waits until no reader can see what was replaced up to now, and gives that back.
  public void awaitReclaim() {
    readGate.awaitQuiescence();
    reclaim();
  }

  /// Closes what is open. Nobody reads or writes any more.
  @Override
  public void close() {
    readGate.awaitQuiescence();
    reclaim();
    for (TableReader[] level : current.readers()) {
      for (TableReader reader : level) {
        reader.close();
      }
    }
  }

  private void swap(SuperVersion next) {
    countUses(next);
    SuperVersion old = current;
    current = next;
    retired.addLast(new Retired(old, readGate.epoch()));
  }

  private void countUses(SuperVersion made) {
    for (MemTable table : made.memTables()) {
      memTableUses.merge(table, 1, Integer::sum);
    }
    for (TableReader[] level : made.readers()) {
      for (TableReader reader : level) {
        readerUses.merge(reader, 1, Integer::sum);
      }
    }
  }

  private void dropHolder(SuperVersion version, List<Runnable> gone) {
    if (!version.removeHolder()) {
      return;
    }
    for (MemTable table : version.memTables()) {
      if (isLastUse(memTableUses, table)) {
        gone.add(() -> owner.memTableGone(table));
      }
    }
    for (TableReader[] level : version.readers()) {
      for (TableReader reader : level) {
        if (isLastUse(readerUses, reader)) {
          gone.add(() -> {
            reader.close();
            owner.tableGone(reader.meta());
          });
        }
      }
    }
  }

  private static <T> boolean isLastUse(Map<T, Integer> uses, T item) {
    return uses.computeIfPresent(item, (_, count) -> count == 1 ? null : count - 1) == null;
  }

  private static MemTable[] without(SuperVersion old, @Nullable MemTable flushed) {
    if (flushed == null) {
      return old.sealedTables();
    }
    int last = old.sealedCount() - 1;
    Invariants.check(
        last >= 0 && old.sealed(last) == flushed, "memtables are flushed in the order they filled");
    return Arrays.copyOf(old.sealedTables(), last);
  }

  /// The readers of `version` once `last` is done, too. Where anything fails, those that were
  /// opened for it are closed again.
  private static TableReader[][] openAll(
      Version version,
      Map<Long, TableReader> open,
      Function<TableMeta, TableReader> opener,
      Runnable last) {
    List<TableReader> opened = new ArrayList<>();
    boolean complete = false;
    try {
      TableReader[][] readers = new TableReader[Version.LEVELS][];
      for (int level = 0; level < Version.LEVELS; level++) {
        List<TableMeta> tables = version.tables(level);
        readers[level] = new TableReader[tables.size()];
        for (int i = 0; i < tables.size(); i++) {
          TableMeta meta = tables.get(i);
          TableReader reader = open.get(meta.id());
          if (reader == null) {
            reader = opener.apply(meta);
            opened.add(reader);
          }
          readers[level][i] = reader;
        }
      }
      last.run();
      complete = true;
      return readers;
    } finally {
      if (!complete) {
        opened.forEach(TableReader::close);
      }
    }
  }
}
