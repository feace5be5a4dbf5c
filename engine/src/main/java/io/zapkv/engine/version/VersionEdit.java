package io.zapkv.engine.version;

import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.zone.ZoneLedger;
import java.util.ArrayList;
import java.util.List;

/// One step from a version to the next, as the manifest journals it: all of it happens or nothing.
///
/// @param added tables that come in
/// @param removed tables that go out, by level and id
/// @param narrowed tables whose first keys count no more, since other tables have them now; among
///   them may be one that comes in
/// @param released zones no table lives in any more and the generation they carry from now on: they
///   may be reset once this edit is durable (D18, D22)
/// @param logFloor every record with a sequence below this is in a table; -1 where unchanged
/// @param nextTableId table ids below this are taken; -1 where unchanged
/// @param givenUp zones that can be written no more, or not even read, and hold no log that is
///   needed: they may be gone at the next opening (F7, F8)
/// @param isClosed whether there is no log: all that was acknowledged is in tables, and nothing
///   comes before the next opening
public record VersionEdit(
    List<Placed> added,
    List<Removed> removed,
    List<Narrowed> narrowed,
    List<Released> released,
    long logFloor,
    long nextTableId,
    List<Integer> givenUp,
    boolean isClosed) {
  /// What [#logFloor] and [#nextTableId] say when the edit leaves them.
  public static final long UNCHANGED = -1;

  /// An edit that changes nothing.
  public static final VersionEdit EMPTY =
      new VersionEdit(List.of(), List.of(), List.of(), List.of(), UNCHANGED, UNCHANGED);

  /// The last edit of a store in whose log nothing is left.
  public static final VersionEdit CLOSED =
      new VersionEdit(
          List.of(), List.of(), List.of(), List.of(), UNCHANGED, UNCHANGED, List.of(), true);

  /// An edit, its lists copied.
  public VersionEdit {
    added = List.copyOf(added);
    removed = List.copyOf(removed);
    narrowed = List.copyOf(narrowed);
    released = List.copyOf(released);
    givenUp = List.copyOf(givenUp);
  }

  /// An edit of tables and generations.
  public VersionEdit(
      List<Placed> added,
      List<Removed> removed,
      List<Narrowed> narrowed,
      List<Released> released,
      long logFloor,
      long nextTableId) {
    this(added, removed, narrowed, released, logFloor, nextTableId, List.of(), false);
  }

  /// An edit that narrows no table.
  public VersionEdit(
      List<Placed> added,
      List<Removed> removed,
      List<Released> released,
      long logFloor,
      long nextTableId) {
    this(added, removed, List.of(), released, logFloor, nextTableId);
  }

  /// This edit, saying also that table ids below `id` are taken.
  public VersionEdit withNextTableId(long id) {
    return new VersionEdit(added, removed, narrowed, released, logFloor, id, givenUp, isClosed);
  }

  /// This edit, giving up `zones`, too.
  public VersionEdit givingUp(List<Integer> zones) {
    return new VersionEdit(
        added, removed, narrowed, released, logFloor, nextTableId, both(givenUp, zones), isClosed);
  }

  /// This edit and the tables of `other` at once.
  public VersionEdit and(VersionEdit other) {
    return new VersionEdit(
        both(added, other.added),
        both(removed, other.removed),
        both(narrowed, other.narrowed),
        released,
        logFloor,
        nextTableId,
        givenUp,
        isClosed);
  }

  private static <T> List<T> both(List<T> some, List<T> others) {
    List<T> all = new ArrayList<>(some);
    all.addAll(others);
    return all;
  }

  /// The edit that gives zones their next generation, for those that the allocator retired.
  public static VersionEdit release(int[] zones, ZoneLedger ledger) {
    List<Released> released = new ArrayList<>();
    for (int zone : zones) {
      released.add(new Released(zone, ledger.generation(zone) + 1));
    }
    return new VersionEdit(List.of(), List.of(), released, UNCHANGED, UNCHANGED);
  }

  /// A table and the level it comes into.
  ///
  /// @param level 0 and up
  /// @param table the table
  public record Placed(int level, TableMeta table) {}

  /// A table that leaves a level.
  ///
  /// @param level where it is now
  /// @param tableId which
  public record Removed(int level, long tableId) {}

  /// A table that stays in its level with fewer keys.
  ///
  /// @param level where it is
  /// @param tableId which
  /// @param smallest the first key that counts from now on; not to be changed
  @SuppressWarnings("ArrayRecordComponent") // keys are bytes; nobody changes them
  public record Narrowed(int level, long tableId, byte[] smallest) {}

  /// A zone given back.
  ///
  /// @param zone which
  /// @param generation its generation from now on, one more than the last
  public record Released(int zone, int generation) {}
}
