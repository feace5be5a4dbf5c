package io.zapkv.engine.format;

import java.lang.foreign.MemorySegment;

/// The payload of a chunk that holds a step of the store, or a part of one; a snapshot is the step
/// from nothing.
///
/// ```
///    0 part u32    4 parts u32    8 bytes of the whole step u32    12 zero u32
///   16 this part's bytes
/// ```
///
/// The bytes of all parts in order are fields, each a tag and numbers, as [Varints]; strings of
/// bytes have their length in front:
///
/// | tag | field | what follows |
/// | --- | --- | --- |
/// | 1 | epoch | epoch |
/// | 2 | log floor | sequence |
/// | 3 | next table | id |
/// | 4 | removed | level, id |
/// | 5 | added | level, id, keyspace, smallest key, largest key, smallest sequence, largest sequence, entries, deletions, raw bytes, blocks, footer address, number of extents, and for each zone, generation, blocks |
/// | 6 | released | zone, generation |
/// | 7 | narrowed | level, id, smallest key |
/// | 8 | given up | zone |
/// | 9 | closed | nothing |
public final class EditDescriptor {
  /// Bytes in front of a part.
  public static final int HEADER_BYTES = 16;

  /// How often the store had been opened for writing.
  public static final int EPOCH = 1;

  /// Every record below this sequence is in a table.
  public static final int LOG_FLOOR = 2;

  /// Table ids below this are taken.
  public static final int NEXT_TABLE = 3;

  /// A table goes.
  public static final int REMOVED = 4;

  /// A table comes.
  public static final int ADDED = 5;

  /// A zone has another generation from now on.
  public static final int RELEASED = 6;

  /// The first keys of a table count no more.
  public static final int NARROWED = 7;

  /// A zone that can be written no more, or not even read, holds no log that is needed.
  public static final int GIVEN_UP = 8;

  /// There is no log: all that was acknowledged is in tables, and nothing comes before the next
  /// opening.
  public static final int CLOSED = 9;

  private static final int PART_OFFSET = 0;
  private static final int PARTS_OFFSET = 4;
  private static final int BYTES_OFFSET = 8;
  private static final int ZERO_OFFSET = 12;

  private EditDescriptor() {}

  /// Writes the header of part `part`, from zero, of `parts`.
  public static void writeHeader(MemorySegment payload, int part, int parts, int editBytes) {
    payload.set(Layouts.U32, PART_OFFSET, part);
    payload.set(Layouts.U32, PARTS_OFFSET, parts);
    payload.set(Layouts.U32, BYTES_OFFSET, editBytes);
    payload.set(Layouts.U32, ZERO_OFFSET, 0);
  }

  /// Whether a whole payload can be a part of a step.
  public static boolean isPart(MemorySegment payload) {
    return payload.byteSize() >= HEADER_BYTES
        && part(payload) >= 0
        && part(payload) < parts(payload)
        && editBytes(payload) >= 0;
  }

  /// Which part it is.
  public static int part(MemorySegment payload) {
    return payload.get(Layouts.U32, PART_OFFSET);
  }

  /// How many parts there are.
  public static int parts(MemorySegment payload) {
    return payload.get(Layouts.U32, PARTS_OFFSET);
  }

  /// Bytes of all parts together.
  public static int editBytes(MemorySegment payload) {
    return payload.get(Layouts.U32, BYTES_OFFSET);
  }
}
