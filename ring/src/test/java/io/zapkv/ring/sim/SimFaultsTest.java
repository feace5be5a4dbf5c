package io.zapkv.ring.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.zapkv.ring.Errno;
import io.zapkv.ring.op.Operation.Kind;
import io.zapkv.ring.sim.SimFaults.Moment;
import io.zapkv.ring.sim.SimFaults.Rule;
import io.zapkv.ring.sim.SimFaults.Target;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimFaultsTest {
  @Test
  void theTextFormIsReadAndPrinted() throws Exception {
    List<String> lines;
    try (InputStream in = SimFaultsTest.class.getResourceAsStream("testdata/faults.txt")) {
      lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
    for (String line : lines) {
      if (line.startsWith("#") || line.isEmpty()) {
        continue;
      }
      String[] sides = line.split(" => ", -1);
      assertThat(printed(sides[0])).as(line).isEqualTo(sides[1]);
    }
  }

  private static String printed(String text) {
    try {
      return SimFaults.parse(text).toString();
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  @Test
  void aRuleCountsItsOwnKindOnly() {
    SimFaults faults = SimFaults.parse("write 2 EIO before\nany 4 EAGAIN after");
    assertThat(faults.count(Kind.WRITE)).isNull();
    assertThat(faults.count(Kind.READ)).isNull();
    assertThat(faults.count(Kind.WRITE))
        .isEqualTo(new Rule(Target.WRITE, 2, Errno.EIO, Moment.BEFORE));
    assertThat(faults.count(Kind.NOP))
        .isEqualTo(new Rule(Target.ANY, 4, Errno.EAGAIN, Moment.AFTER));
    assertThat(faults.count(Kind.WRITE)).as("a rule strikes once").isNull();
  }

  @Test
  void theFirstOfTwoRulesHolds() {
    SimFaults faults = SimFaults.parse("sync 1 EBUSY before; any 1 EIO before");
    assertThat(faults.count(Kind.SYNC).errno()).isEqualTo(Errno.EBUSY);
    assertThat(faults.count(Kind.SYNC)).isNull();
  }

  @Test
  void anErrnoIsGivenAsAPositiveNumber() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Rule(Target.READ, 1, -Errno.EIO, Moment.BEFORE));
  }
}
