package io.zapkv.cli;

import io.zapkv.api.ZoneMap;
import io.zapkv.api.ZoneView;
import io.zapkv.api.ZoneView.State;
import io.zapkv.api.ZoneView.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// A zone map in characters: a letter says what a zone is used for, upper case that it is full.
final class ZonePicture {
  private static final int ROW_ZONES = 64;
  private static final int TABLES_SHOWN = 6;

  private ZonePicture() {}

  /// The map, its legend, a summary, and a table.
  ///
  /// @param all whether empty zones stand in the table
  static String of(ZoneMap map, boolean all) {
    return picture(map) + "\n" + legend() + summary(map) + "\n" + table(map, all);
  }

  private static String picture(ZoneMap map) {
    StringBuilder text = new StringBuilder();
    List<String> rows = new ArrayList<>();
    for (int from = 0; from < map.zones().size(); from += ROW_ZONES) {
      int to = Math.min(map.zones().size(), from + ROW_ZONES);
      rows.add(
          map.zones().subList(from, to).stream()
              .map(zone -> String.valueOf(character(zone)))
              .collect(Collectors.joining()));
    }
    int row = 0;
    while (row < rows.size()) {
      text.append(String.format(Locale.ROOT, "%6d  %s%n", row * ROW_ZONES, rows.get(row)));
      int next = row + 1;
      while (next < rows.size() && rows.get(next).equals(rows.get(row))) {
        next++;
      }
      // Two equal rows are shorter than a line that says so.
      if (next - row > 3) {
        text.append(String.format(Locale.ROOT, "     …  %d rows like it%n", next - row - 2));
        row = next - 1;
      } else {
        row++;
      }
    }
    return text.toString();
  }

  private static char character(ZoneView zone) {
    return switch (zone.state()) {
      case READ_ONLY -> '!';
      case OFFLINE -> 'X';
      case EMPTY -> '.';
      case FULL -> Character.toUpperCase(letter(zone.use()));
      case OPEN, CLOSED -> letter(zone.use());
    };
  }

  private static char letter(Use use) {
    return switch (use) {
      case FREE -> '.';
      case META -> 'm';
      case LOG -> 'l';
      case SHARED -> 's';
      case TABLE -> 't';
      case DEAD -> 'd';
      case UNKNOWN -> '?';
    };
  }

  private static String legend() {
    return """
           m metadata   l log   s small tables   t one table   d waiting for reset   ? unknown
           upper case: full   . empty   ! read only   X offline

    """
        .indent(0);
  }

  private static String summary(ZoneMap map) {
    long written = map.zones().stream().mapToLong(ZoneView::writtenBytes).sum();
    long capacity = map.zones().stream().mapToLong(ZoneView::capacityBytes).sum();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s: %d zones of %s, %d-byte blocks, at most %d open and %d active%n",
            map.device(),
            map.zones().size(),
            map.zones().isEmpty() ? "0" : size(map.zones().getFirst().capacityBytes()),
            map.blockBytes(),
            map.openZonesMax(),
            map.activeZonesMax()));
    text.append(
        String.format(
            Locale.ROOT,
            "%s of %s written; %d zones empty, %d open, %d closed, %d full%n",
            size(written),
            size(capacity),
            map.count(State.EMPTY),
            map.count(State.OPEN),
            map.count(State.CLOSED),
            map.count(State.FULL)));
    for (Use use : List.of(Use.TABLE, Use.SHARED, Use.LOG)) {
      long sealed =
          map.zones().stream().filter(z -> z.use() == use && z.state() == State.FULL).count();
      if (sealed > 0) {
        text.append(
            String.format(
                Locale.ROOT,
                "full %s zones: %d, sealed with %.1f %% data on average%n",
                name(use),
                sealed,
                100 * map.sealedFill(use)));
      }
    }
    return text.toString();
  }

  private static String table(ZoneMap map, boolean all) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%6s  %-9s  %-12s  %10s  %10s  %6s  %7s  %s%n",
            "zone",
            "state",
            "lifetime",
            "generation",
            "written",
            "full",
            "data",
            "tables"));
    for (ZoneView zone : map.zones()) {
      if (all || zone.state() != State.EMPTY) {
        text.append(row(zone));
      }
    }
    return text.toString();
  }

  private static String row(ZoneView zone) {
    double written =
        zone.capacityBytes() == 0 ? 0 : 100.0 * zone.writtenBytes() / zone.capacityBytes();
    return String.format(
        Locale.ROOT,
        "%6d  %-9s  %-12s  %10d  %10s  %4.0f %%  %5.1f %%  %s%n",
        zone.zone(),
        zone.state().name().toLowerCase(Locale.ROOT).replace('_', ' '),
        name(zone.use()),
        zone.generation(),
        size(zone.writtenBytes()),
        written,
        100 * zone.fill(),
        tables(zone.tables()));
  }

  private static String tables(List<Long> tables) {
    String shown =
        tables.stream().limit(TABLES_SHOWN).map(String::valueOf).collect(Collectors.joining(" "));
    int more = tables.size() - TABLES_SHOWN;
    return more > 0 ? shown + " and " + more + " more" : shown;
  }

  private static String name(Use use) {
    return switch (use) {
      case FREE -> "-";
      case META -> "metadata";
      case LOG -> "log";
      case SHARED -> "small tables";
      case TABLE -> "one table";
      case DEAD -> "dead";
      case UNKNOWN -> "unknown";
    };
  }

  /// A size as people read it.
  static String size(long bytes) {
    if (bytes < 1 << 10) {
      return bytes + " B";
    }
    double value = bytes;
    String unit = "";
    for (String next : List.of("KiB", "MiB", "GiB", "TiB")) {
      if (value < 1024) {
        break;
      }
      value /= 1024;
      unit = next;
    }
    return String.format(
        Locale.ROOT, value == Math.rint(value) ? "%.0f %s" : "%.1f %s", value, unit);
  }
}
