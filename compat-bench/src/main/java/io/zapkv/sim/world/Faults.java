package io.zapkv.sim.world;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The faults of one life of the device, and which of them have struck.
public final class Faults {
  private final List<FaultLine> lines;
  private final long[] seen = new long[FaultKind.On.values().length];
  private final Set<FaultKind> struck = EnumSet.noneOf(FaultKind.class);
  private final Set<FaultKind> struckInData = EnumSet.noneOf(FaultKind.class);
  private final Coverage coverage;
  private boolean struckMetadata;
  private boolean isBelieved;

  /// @param lines what shall go wrong
  /// @param coverage told of each fault that strikes
  public Faults(List<FaultLine> lines, Coverage coverage) {
    this.lines = List.copyOf(lines);
    this.coverage = coverage;
  }

  /// Counts an operation, and answers what goes wrong with it, if anything.
  @SuppressWarnings("EnumOrdinal") // an index of one run
  @Nullable FaultKind next(FaultKind.On on) {
    if (lines.isEmpty()) {
      return null;
    }
    long count = ++seen[on.ordinal()];
    for (FaultLine line : lines) {
      if (line.kind().on() == on && line.nth() == count) {
        return line.kind();
      }
    }
    return null;
  }

  /// Notes that a fault has had its effect.
  ///
  /// @param isMetadata whether in a zone of the metadata, or where it need not be noticed either
  void strike(FaultKind kind, boolean isMetadata) {
    struck.add(kind);
    struckMetadata |= isMetadata;
    if (!isMetadata) {
      struckInData.add(kind);
    }
    coverage.hit(kind.faultClass());
  }

  /// Notes that a wrong address may be taken for the right one: what is there is not what was
  /// written, which shows when it is read.
  void believe() {
    isBelieved = true;
  }

  /// Whether writes may be refused because of what has struck.
  public boolean mayEndWriting() {
    return struckMetadata || struck.stream().anyMatch(kind -> kind.harm() != FaultKind.Harm.NONE);
  }

  /// Whether data may be gone.
  public boolean mayLoseData() {
    return isBelieved || struck.stream().anyMatch(kind -> kind.harm() == FaultKind.Harm.LOSES_DATA);
  }

  /// Whether the end of the log may be gone without a trace: nothing else says how long it was.
  public boolean mayLoseLog() {
    return struck.contains(FaultKind.FOREIGN_RESET)
        || struck.contains(FaultKind.LOST_WRITE)
        || struck.contains(FaultKind.MISDIRECTED);
  }

  /// Whether writes must be refused from now on. An address in the metadata may be believed: where
  /// the first append of a journal lands is nobody's surprise.
  public boolean mustEndWriting() {
    return struck.contains(FaultKind.SYNC_BEFORE)
        || struck.contains(FaultKind.SYNC_AFTER)
        || struck.contains(FaultKind.GONE)
        || struckInData.contains(FaultKind.LIE)
        || struckInData.contains(FaultKind.NEVER_SENT);
  }
}
