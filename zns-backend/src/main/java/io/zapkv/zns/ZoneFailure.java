package io.zapkv.zns;

/// Why an operation on a zone failed. Each says what the caller can do about it.
public enum ZoneFailure {
  /// The zone is full; nothing was written (D7).
  FULL("take another zone"),
  /// The data do not fit into what is left of the zone; nothing was written (D7, D8).
  BOUNDARY("take another zone, or send less: a smaller append may still fit"),
  /// No open slot is free, and the device closes none by itself (D14).
  TOO_MANY_OPEN("close or fill an open zone, then try again"),
  /// No active slot is free (D13).
  TOO_MANY_ACTIVE("fill, finish or reset an active zone, then try again"),
  /// No more files can be opened, by this process or on this machine, and the zone's is not open
  /// yet; nothing was written, and nothing is wrong with the zone.
  TOO_MANY_FILES("raise the limit of open files (ulimit -n) and open the store again"),
  /// The zone, or the whole device, can only be read (D16).
  READ_ONLY("read what the zone holds and write elsewhere"),
  /// The zone is gone with its data (D16).
  OFFLINE("take the data from another copy; never use the zone again"),
  /// A write did not name the zone's write pointer (A9).
  INVALID_WRITE("report the zone: someone else may have written to it"),
  /// The zone's state does not allow the action.
  INVALID_TRANSITION("report the zone and act on the state it is in"),
  /// The medium could not be read.
  MEDIA_READ("try once more, then treat the data as lost"),
  /// The medium could not be written; the pointer may have moved (A11).
  MEDIA_WRITE(
      "write no more to this zone and send the data to another; under emu: look whether the file"
          + " system is full, or a limit of the process is reached (ulimit -f)"),
  /// A read reached the write pointer (D5).
  UNWRITTEN("read only what a completion said was written"),
  /// An operation this one was chained to failed; this one did not run (A8).
  CANCELED("look at the failure of the operation it was chained to"),
  /// The way to the device failed: the operation may or may not have happened (D10).
  TRANSPORT("write no more to this device; reopen it"),
  /// The device answered what cannot be: an address outside of the zone, or one that holds other
  /// data (A12). It takes no more changes; what was read before stays right.
  PROTOCOL("trust this device no more: look at the log for what it said, and copy the store off");

  private final String advice;

  ZoneFailure(String advice) {
    this.advice = advice;
  }

  /// What to do about it, as a half sentence.
  public String advice() {
    return advice;
  }
}
