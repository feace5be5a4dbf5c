package io.zapkv.zns.fault;

import io.zapkv.zns.ZoneFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// One line that says which operation goes wrong, and how.
///
/// ```
///   append zone=3 nth=2 fail MEDIA_WRITE         the second append to zone 3 fails, without effect
///   append zone=3 nth=2 fail MEDIA_WRITE after   the same, but the data and the pointer are there
///   sync nth=1 fail TRANSPORT                    the first sync fails
///   any zone=5 fail OFFLINE                      everything to zone 5 fails, always
///   lie zone=2 nth=1                             the first append to zone 2 answers a wrong address
/// ```
///
/// @param operation which operations it is about
/// @param zone which zone, or [#EVERY_ZONE]
/// @param nth the how-manieth of those, from one, or [#EVERY_TIME]
/// @param effect what happens
public record FaultRule(FaultOperation operation, int zone, long nth, FaultEffect effect) {
  /// As the zone: any.
  public static final int EVERY_ZONE = -1;

  /// As the number: all.
  public static final long EVERY_TIME = 0;

  /// Reads rules, one a line; empty lines and what follows a `#` are skipped.
  ///
  /// @throws IllegalArgumentException naming the line that cannot be understood
  public static List<FaultRule> parse(String text) {
    List<FaultRule> rules = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      int comment = line.indexOf('#');
      String rule = (comment < 0 ? line : line.substring(0, comment)).strip();
      if (!rule.isEmpty()) {
        rules.add(parseLine(rule));
      }
    }
    return rules;
  }

  private static FaultRule parseLine(String line) {
    String[] words = line.split("\\s+", -1);
    try {
      boolean lies = words[0].equals("lie");
      FaultOperation operation =
          lies ? FaultOperation.APPEND : FaultOperation.valueOf(words[0].toUpperCase(Locale.ROOT));
      int zone = EVERY_ZONE;
      long nth = EVERY_TIME;
      int at = 1;
      for (; at < words.length && words[at].contains("="); at++) {
        String[] pair = words[at].split("=", 2);
        switch (pair[0]) {
          case "zone" -> zone = Integer.parseInt(pair[1]);
          case "nth" -> nth = Long.parseLong(pair[1]);
          default -> throw new IllegalArgumentException("unknown word " + pair[0]);
        }
      }
      return new FaultRule(operation, zone, nth, lies ? lie(words, at) : fail(words, at));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not a fault rule: " + line, e);
    }
  }

  private static FaultEffect lie(String[] words, int at) {
    if (at != words.length) {
      throw new IllegalArgumentException("words too many");
    }
    return new FaultEffect.Lie();
  }

  private static FaultEffect fail(String[] words, int at) {
    boolean after = words.length == at + 3 && words[at + 2].equals("after");
    if ((!after && words.length != at + 2) || !words[at].equals("fail")) {
      throw new IllegalArgumentException("no \"fail WHY\" or \"fail WHY after\" at the end");
    }
    return new FaultEffect.Fail(ZoneFailure.valueOf(words[at + 1]), after);
  }

  boolean matches(FaultOperation itsOperation, int itsZone) {
    return (operation == FaultOperation.ANY || operation == itsOperation)
        && (zone == EVERY_ZONE || zone == itsZone);
  }
}
