package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ZoneStateMachineTest {
  private static final Geometry GEOMETRY = new Geometry(16, 8, 8, 4096, 4096, 2, 3);

  @Test
  void everyStateAnswersEveryCommandAsTheTableSays() {
    Set<String> seen = new HashSet<>();
    int[] others = new int[3];
    for (String line : TestTables.lines("zone_states.txt")) {
      if (line.startsWith("counts ")) {
        String[] words = line.split(" ");
        for (int i = 0; i < 3; i++) {
          others[i] = Integer.parseInt(words[i + 1]);
        }
        continue;
      }
      String[] columns = line.split("\\|");
      String[] from = columns[0].strip().split("\\s+");
      ZoneState state = ZoneState.valueOf(from[0]);
      String command = columns[1].strip();
      seen.add(state + " " + command.split(" ")[0]);
      ZoneTransition transition =
          ZoneStateMachine.apply(
              GEOMETRY,
              withThisZone(others, state),
              state,
              Long.parseLong(from[1]),
              command(command));
      assertThat(print(transition)).as(line).isEqualTo(columns[2].strip());
    }
    for (ZoneState state : ZoneState.values()) {
      for (String command : new String[] {"append", "write", "open", "close", "finish", "reset"}) {
        assertThat(seen).contains(state + " " + command);
      }
    }
  }

  @Test
  void aHugeCountOfBlocksDoesNotWrapRound() {
    assertThat(ZoneStateMachine.refusal(GEOMETRY, ZoneState.IMPLICITLY_OPEN, 3, 3, Long.MAX_VALUE))
        .isEqualTo(ZoneFailure.BOUNDARY);
  }

  private static ZoneCounts withThisZone(int[] others, ZoneState state) {
    return new ZoneCounts(
        others[0] + (state == ZoneState.IMPLICITLY_OPEN ? 1 : 0),
        others[1] + (state == ZoneState.EXPLICITLY_OPEN ? 1 : 0),
        others[2] + (state == ZoneState.CLOSED ? 1 : 0));
  }

  private static ZoneCommand command(String text) {
    String[] words = text.split(" ");
    return switch (words[0]) {
      case "append" -> new ZoneCommand.Append(Long.parseLong(words[1]));
      case "write" -> new ZoneCommand.Write(Long.parseLong(words[1]), Long.parseLong(words[2]));
      case "open" -> new ZoneCommand.Open();
      case "close" -> new ZoneCommand.Close();
      case "finish" -> new ZoneCommand.Finish();
      case "reset" -> new ZoneCommand.Reset();
      default -> throw new AssertionError(text);
    };
  }

  private static String print(ZoneTransition transition) {
    return switch (transition) {
      case ZoneTransition.Moved(ZoneState state, long pointer, boolean closesAnother) ->
          state + " " + pointer + (closesAnother ? " closing another" : "");
      case ZoneTransition.Refused(ZoneFailure why) -> why.name();
    };
  }
}
