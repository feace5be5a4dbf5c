package io.zapkv.engine.version;

import io.zapkv.api.CorruptionException;
import io.zapkv.engine.format.EditDescriptor;
import io.zapkv.engine.format.Layouts;
import io.zapkv.engine.format.Varints;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.zone.Extent;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Takes a step of the journal out of bytes, see [EditDescriptor]. The bytes had a right checksum;
/// they are doubted all the same.
final class EditReader {
  private final String where;
  private final MemorySegment bytes;
  private long at;

  private EditReader(String where, byte[] bytes) {
    this.where = where;
    this.bytes = MemorySegment.ofArray(bytes);
  }

  /// The step in `bytes`.
  ///
  /// @param where what to name in the exception
  /// @throws CorruptionException where the bytes are no step
  static JournalStep decode(String where, byte[] bytes) {
    return new EditReader(where, bytes).step();
  }

  private JournalStep step() {
    List<VersionEdit.Placed> added = new ArrayList<>();
    List<VersionEdit.Removed> removed = new ArrayList<>();
    List<VersionEdit.Narrowed> narrowed = new ArrayList<>();
    List<VersionEdit.Released> released = new ArrayList<>();
    List<Integer> givenUp = new ArrayList<>();
    boolean isClosed = false;
    long epoch = VersionEdit.UNCHANGED;
    long logFloor = VersionEdit.UNCHANGED;
    long nextTableId = VersionEdit.UNCHANGED;
    while (at < bytes.byteSize()) {
      int tag = integer();
      switch (tag) {
        case EditDescriptor.EPOCH -> epoch = integer();
        case EditDescriptor.LOG_FLOOR -> logFloor = number();
        case EditDescriptor.NEXT_TABLE -> nextTableId = number();
        case EditDescriptor.REMOVED -> removed.add(new VersionEdit.Removed(level(), number()));
        case EditDescriptor.ADDED -> added.add(new VersionEdit.Placed(level(), table()));
        case EditDescriptor.NARROWED ->
            narrowed.add(new VersionEdit.Narrowed(level(), number(), string()));
        case EditDescriptor.RELEASED ->
            released.add(new VersionEdit.Released(integer(), integer()));
        case EditDescriptor.GIVEN_UP -> givenUp.add(integer());
        case EditDescriptor.CLOSED -> isClosed = true;
        default -> throw corrupt("a known field", "field " + tag);
      }
    }
    return new JournalStep(
        new VersionEdit(
            added, removed, narrowed, released, logFloor, nextTableId, givenUp, isClosed),
        epoch);
  }

  private int level() {
    int level = integer();
    require(level < Version.LEVELS, "a level below " + Version.LEVELS, level);
    return level;
  }

  private TableMeta table() {
    long id = number();
    int keyspace = integer();
    byte[] smallest = string();
    byte[] largest = string();
    long smallestSequence = number();
    long largestSequence = number();
    long entries = number();
    long deletions = number();
    long rawBytes = number();
    long blocks = number();
    long footerAddress = number();
    require(Arrays.compareUnsigned(smallest, largest) <= 0, "keys in order in table", id);
    require(smallestSequence <= largestSequence, "sequences in order in table", id);
    require(entries > 0 && deletions <= entries, "entries in table", id);
    int count = integer();
    List<Extent> extents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      extents.add(new Extent(integer(), integer(), number()));
    }
    return new TableMeta(
        id,
        keyspace,
        smallest,
        largest,
        smallestSequence,
        largestSequence,
        entries,
        deletions,
        rawBytes,
        blocks,
        footerAddress,
        extents);
  }

  private int integer() {
    long value = number();
    require(value <= Integer.MAX_VALUE, "a 31-bit number", value);
    return (int) value;
  }

  private long number() {
    long value = Varints.readLong(bytes, at, bytes.byteSize());
    require(value >= 0, "a number at " + at, value);
    at += Varints.length(value);
    return value;
  }

  private byte[] string() {
    int length = integer();
    require(length <= bytes.byteSize() - at, "a string inside the step", length);
    byte[] string = bytes.asSlice(at, length).toArray(Layouts.U8);
    at += length;
    return string;
  }

  private void require(boolean holds, String expected, long got) {
    if (!holds) {
      throw corrupt(expected, Long.toString(got));
    }
  }

  private CorruptionException corrupt(String expected, String got) {
    return new CorruptionException(where, expected, got);
  }
}
