package io.zapkv.ring.sim;

import io.zapkv.ring.Errno;
import io.zapkv.ring.op.Operation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The operations that shall fail, and how.
///
/// In text, one rule to a line or separated by semicolons; the number counts the operations of that
/// kind as they are flushed, from one:
///
/// ```
///   write 3 EIO before      the third write fails and has no effect
///   sync 1 EIO after        the first sync does its work, then reports failure
///   read 2 EIO halfway      the second read fills half of its target
///   any 7 EAGAIN before     the seventh operation, whatever it is
/// ```
///
/// **Threading.** One thread at a time. Several rings may share the faults of one run; they are
/// counted together then.
public final class SimFaults {
  /// What a rule counts.
  public enum Target {
    /// Reads only.
    READ,
    /// Writes only, gathered ones too.
    WRITE,
    /// Syncs only.
    SYNC,
    /// All operations.
    ANY;

    private boolean counts(Kind kind) {
      return switch (this) {
        case ANY -> true;
        case READ -> kind == Kind.READ;
        case WRITE -> kind == Kind.WRITE || kind == Kind.WRITEV;
        case SYNC -> kind == Kind.SYNC;
      };
    }
  }

  /// When an operation fails.
  public enum Moment {
    /// It has no effect.
    BEFORE,
    /// It has moved the first half of its bytes; a sync has no effect.
    HALFWAY,
    /// It has had its whole effect.
    AFTER
  }

  /// One operation that shall fail.
  ///
  /// @param target what is counted
  /// @param ordinal which one of them, from one
  /// @param errno what it reports, as a positive number of [Errno]
  /// @param moment how much of it happens all the same
  public record Rule(Target target, long ordinal, int errno, Moment moment) {
    /// Checks the ranges.
    public Rule {
      if (ordinal < 1) {
        throw new IllegalArgumentException("operations are counted from 1, got " + ordinal);
      }
      if (errno < 1) {
        throw new IllegalArgumentException("an errno is positive here, got " + errno);
      }
    }

    @Override
    public String toString() {
      return target.name().toLowerCase(Locale.ROOT)
          + " "
          + ordinal
          + " "
          + Errno.name(errno)
          + " "
          + moment.name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int ERRNO_MAX = 4095;

  private final List<Rule> rules;

  /// For each rule, how many operations of its kind there were.
  private final long[] seen;

  /// Faults by these rules; where several meet in one operation the first one holds.
  public SimFaults(List<Rule> rules) {
    this.rules = List.copyOf(rules);
    seen = new long[rules.size()];
  }

  /// Nothing fails.
  public static SimFaults none() {
    return new SimFaults(List.of());
  }

  /// Reads the text form.
  public static SimFaults parse(String text) {
    List<Rule> rules = new ArrayList<>();
    for (String line : text.split("[;\n]", -1)) {
      if (!line.isBlank()) {
        rules.add(parseRule(line.strip()));
      }
    }
    return new SimFaults(rules);
  }

  private static Rule parseRule(String line) {
    String[] words = line.split("\\s+", -1);
    if (words.length != 4) {
      throw new IllegalArgumentException(
          "a fault is 'kind number errno moment', as in 'write 3 EIO before', got '" + line + "'");
    }
    try {
      return new Rule(
          Target.valueOf(words[0].toUpperCase(Locale.ROOT)),
          Long.parseLong(words[1]),
          parseErrno(words[2]),
          Moment.valueOf(words[3].toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("in the fault '" + line + "': " + e.getMessage(), e);
    }
  }

  private static int parseErrno(String name) {
    for (int errno = 1; errno <= ERRNO_MAX; errno++) {
      if (Errno.name(errno).equals(name)) {
        return errno;
      }
    }
    throw new IllegalArgumentException("no errno is called " + name);
  }

  /// Counts an operation, and answers with the rule that it is to fail by, if any.
  @Nullable Rule count(Kind kind) {
    Rule found = null;
    for (int i = 0; i < seen.length; i++) {
      Rule rule = rules.get(i);
      if (rule.target().counts(kind) && ++seen[i] == rule.ordinal() && found == null) {
        found = rule;
      }
    }
    return found;
  }

  /// The text form.
  @Override
  public String toString() {
    return rules.stream().map(Rule::toString).collect(Collectors.joining("; "));
  }
}
