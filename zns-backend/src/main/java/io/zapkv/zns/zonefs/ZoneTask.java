package io.zapkv.zns.zonefs;

import io.zapkv.zns.ZoneAction;
import io.zapkv.zns.ZoneAddress;
import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneGroup;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// One operation in the line of a zone: an append, a write, or an action. Used over and over.
///
/// **Threading.** Handed from its owner to the line, from there to a writer thread, and back
/// through the inbox; each hand-over orders what was stored before it.
final class ZoneTask {
  /// Instead of a block: wherever the pointer is.
  static final long ANYWHERE = -1;

  /// The number of the slot it works for.
  final int token;

  private final InboxRing inbox;

  /// Whether it is under way. Its owner's alone.
  boolean isAway;

  // What is to be done.

  /// Where, unless a group says so.
  int zone;

  /// The action, or null for an append or a write.
  @Nullable ZoneAction action;

  MemorySegment data = MemorySegment.NULL;
  long blocks;

  /// The block that a write names (A9), or [#ANYWHERE].
  long block = ANYWHERE;

  /// The zones that will do, or null where it must be this one (S2).
  @Nullable ZoneGroup group;

  int groupStart;

  // What came of it.

  @Nullable ZoneFailure failure;
  long landedAt = ZoneAddress.NONE;

  // Where it waits.

  /// Behind it in the queue or in the line.
  @Nullable ZoneTask next;

  /// Below it in the inbox.
  @Nullable ZoneTask nextArrived;

  ZoneTask(int token, InboxRing inbox) {
    this.token = token;
    this.inbox = inbox;
  }

  /// Begins anew.
  void clear() {
    action = null;
    data = MemorySegment.NULL;
    blocks = 0;
    block = ANYWHERE;
    group = null;
    failure = null;
    landedAt = ZoneAddress.NONE;
    next = null;
  }

  /// Tells the owner that it is over. Afterwards it belongs to the owner.
  void deliver() {
    inbox.put(this);
  }
}
