package io.zapkv.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class OpScriptTest {
  @Test
  void whatIsPrintedIsReadBack() {
    for (long seed = 0; seed < 200; seed++) {
      List<Op> ops = new OpGenerator(seed).ops(50);
      assertThat(OpScript.parse(OpScript.print(ops))).as("seed %d", seed).isEqualTo(ops);
    }
  }

  @Test
  void aScriptReadsAsItIsDocumented() {
    String script =
        """
        put 6b 300*76
        batch put 6b 76 delete 6c
        durable batch delete 6c
        segments put - -
        take 1
        get@1 -
        hold@1 2 61 -
        step 2 first next
        drop 2
        walk@1 61 - first next seek 62 prev seekForPrev 63 last
        reopen
        """;
    assertThat(OpScript.print(OpScript.parse(script))).isEqualTo(script);
  }

  @Test
  void commentsAndEmptyLinesSayNothing() {
    assertThat(OpScript.parse("# why\n\n  flush # now\n")).containsExactly(new Op.Flush());
  }

  @Test
  void aLineThatIsNoneIsNamed() {
    assertThatThrownBy(() -> OpScript.parse("flush\nput 6\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("line 2: put 6");
  }

  @Test
  void whatIsNoMethodOfAStoreIsNoLine() {
    assertThatThrownBy(() -> OpScript.parse("durable delete 6b"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> OpScript.parse("segments batch put 6b 76"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theSameSeedMakesTheSameScript() {
    assertThat(new OpGenerator(7).ops(100)).isEqualTo(new OpGenerator(7).ops(100));
    assertThat(new OpGenerator(7).ops(100)).isNotEqualTo(new OpGenerator(8).ops(100));
  }
}
