package io.zapkv.engine.version;

import io.zapkv.engine.format.EditDescriptor;
import io.zapkv.engine.format.Layouts;
import io.zapkv.engine.format.Varints;
import io.zapkv.engine.table.TableMeta;
import io.zapkv.engine.zone.Extent;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Puts a step of the journal into bytes, see [EditDescriptor].
final class EditWriter {
  private byte[] bytes = new byte[256];
  private MemorySegment view = MemorySegment.ofArray(bytes);
  private int length;

  private EditWriter() {}

  static byte[] encode(JournalStep step) {
    EditWriter writer = new EditWriter();
    VersionEdit edit = step.edit();
    writer.unlessUnchanged(EditDescriptor.EPOCH, step.epoch());
    writer.unlessUnchanged(EditDescriptor.LOG_FLOOR, edit.logFloor());
    writer.unlessUnchanged(EditDescriptor.NEXT_TABLE, edit.nextTableId());
    for (VersionEdit.Removed removed : edit.removed()) {
      writer.number(EditDescriptor.REMOVED);
      writer.number(removed.level());
      writer.number(removed.tableId());
    }
    for (VersionEdit.Placed placed : edit.added()) {
      writer.number(EditDescriptor.ADDED);
      writer.number(placed.level());
      writer.table(placed.table());
      if (placed.table().isNarrowed()) {
        writer.narrowed(placed.level(), placed.table().id(), placed.table().smallest());
      }
    }
    for (VersionEdit.Narrowed narrowed : edit.narrowed()) {
      writer.narrowed(narrowed.level(), narrowed.tableId(), narrowed.smallest());
    }
    for (VersionEdit.Released released : edit.released()) {
      writer.number(EditDescriptor.RELEASED);
      writer.number(released.zone());
      writer.number(released.generation());
    }
    for (int zone : edit.givenUp()) {
      writer.number(EditDescriptor.GIVEN_UP);
      writer.number(zone);
    }
    if (edit.isClosed()) {
      writer.number(EditDescriptor.CLOSED);
    }
    return Arrays.copyOf(writer.bytes, writer.length);
  }

  private void unlessUnchanged(int tag, long value) {
    if (value != VersionEdit.UNCHANGED) {
      number(tag);
      number(value);
    }
  }

  private void narrowed(int level, long tableId, byte[] smallest) {
    number(EditDescriptor.NARROWED);
    number(level);
    number(tableId);
    string(smallest);
  }

  private void table(TableMeta table) {
    number(table.id());
    number(table.keyspace());
    string(table.smallest());
    string(table.largest());
    number(table.smallestSequence());
    number(table.largestSequence());
    number(table.entries());
    number(table.deletions());
    number(table.rawBytes());
    number(table.blocks());
    number(table.footerAddress());
    number(table.extents().size());
    for (Extent extent : table.extents()) {
      number(extent.zone());
      number(extent.generation());
      number(extent.blocks());
    }
  }

  private void number(long value) {
    assert value >= 0;
    makeRoom(Varints.LONG_BYTES_MAX);
    length = (int) Varints.write(view, length, value);
  }

  private void string(byte[] string) {
    number(string.length);
    makeRoom(string.length);
    MemorySegment.copy(string, 0, view, Layouts.U8, length, string.length);
    length += string.length;
  }

  private void makeRoom(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
      view = MemorySegment.ofArray(bytes);
    }
  }
}
