package io.zapkv.sim.world;

/// What can go wrong at one operation of the device.
public enum FaultKind {
  /// The append fails; its data are there and the pointer has moved.
  HOLE(FaultClass.F5, On.APPEND, Harm.NONE),
  /// The append fails without effect.
  NO_WRITE(FaultClass.F5, On.APPEND, Harm.NONE),
  /// The append is told that the zone is full.
  FULL(FaultClass.F6, On.APPEND, Harm.NONE),
  /// The append is told that it does not fit.
  BOUNDARY(FaultClass.F6, On.APPEND, Harm.NONE),
  /// The zone takes no more.
  READ_ONLY(FaultClass.F7, On.APPEND, Harm.NONE),
  /// The zone is gone, with what it held.
  OFFLINE(FaultClass.F8, On.APPEND, Harm.LOSES_DATA),
  /// There is no slot just now.
  NO_SLOT(FaultClass.F9, On.APPEND, Harm.NONE),
  /// Somebody else appends to the zone first.
  FOREIGN_APPEND(FaultClass.F10, On.APPEND, Harm.ENDS_WRITING),
  /// Somebody else resets the zone first.
  FOREIGN_RESET(FaultClass.F10, On.APPEND, Harm.LOSES_DATA),
  /// The device finishes the zone by itself.
  EXCURSION(FaultClass.F11, On.APPEND, Harm.NONE),
  /// The append is answered and never written.
  LOST_WRITE(FaultClass.F14, On.APPEND, Harm.LOSES_DATA),
  /// The append is answered and written over other data of its zone.
  MISDIRECTED(FaultClass.F14, On.APPEND, Harm.LOSES_DATA),
  /// The append is answered with an address that holds other data.
  LIE(FaultClass.F15, On.APPEND, Harm.ENDS_WRITING),
  /// The append is answered with success and was never sent.
  NEVER_SENT(FaultClass.F15, On.APPEND, Harm.ENDS_WRITING),
  /// The read fails once.
  READ_ONCE(FaultClass.F12, On.READ, Harm.NONE),
  /// The block cannot be read any more.
  READ_BAD(FaultClass.F12, On.READ, Harm.LOSES_DATA),
  /// The sync fails without effect.
  SYNC_BEFORE(FaultClass.F16, On.SYNC, Harm.ENDS_WRITING),
  /// The sync fails, though all is durable.
  SYNC_AFTER(FaultClass.F16, On.SYNC, Harm.ENDS_WRITING),
  /// The reset fails without effect.
  RESET_BEFORE(FaultClass.F14, On.RESET, Harm.NONE),
  /// The reset fails, though the zone is empty.
  RESET_AFTER(FaultClass.F14, On.RESET, Harm.NONE),
  /// The ring takes a part of a flush, and the rest only later.
  BACK_PRESSURE(FaultClass.F17, On.FLUSH, Harm.NONE),
  /// A completion never comes: its queue is given up when nothing else has come for long.
  SILENCE(FaultClass.F18, On.COMPLETION, Harm.ENDS_WRITING),
  /// A completion comes that nobody waits for, or the kernel had to drop one: the ring is broken.
  BROKEN_RING(FaultClass.F18, On.COMPLETION, Harm.ENDS_WRITING),
  /// From now on every operation fails.
  GONE(FaultClass.F21, On.ANY, Harm.ENDS_WRITING),
  /// The JVM runs out of memory in the middle of a submission.
  ERROR(FaultClass.F26, On.SUBMISSION, Harm.ENDS_WRITING),
  /// The clock jumps by hours, either way.
  CLOCK(FaultClass.F27, On.ANY, Harm.NONE),
  /// A client is interrupted.
  INTERRUPT(FaultClass.F28, On.ANY, Harm.NONE);

  /// Which operations are counted to the one that goes wrong.
  enum On {
    APPEND,
    READ,
    SYNC,
    RESET,
    FLUSH,
    COMPLETION,
    ANY,
    SUBMISSION
  }

  /// What the store may answer.
  public enum Harm {
    /// Nobody notices; only where the metadata are struck may the store refuse writes.
    NONE,
    /// Writes are refused, reads go on, and opening again finds all.
    ENDS_WRITING,
    /// What is gone is told, never made up.
    LOSES_DATA
  }

  private final FaultClass faultClass;
  private final On on;
  private final Harm harm;

  FaultKind(FaultClass faultClass, On on, Harm harm) {
    this.faultClass = faultClass;
    this.on = on;
    this.harm = harm;
  }

  /// Its class.
  public FaultClass faultClass() {
    return faultClass;
  }

  On on() {
    return on;
  }

  /// What it may do.
  public Harm harm() {
    return harm;
  }
}
