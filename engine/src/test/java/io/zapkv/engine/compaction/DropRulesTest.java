package io.zapkv.engine.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.engine.compaction.DropRules.Verdict;
import io.zapkv.engine.format.ValueKind;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class DropRulesTest {
  @TestFactory
  Stream<DynamicTest> entriesAreJudgedAsDrawn() throws Exception {
    return LeveledPolicyTest.cases("drop_rules.txt")
        .map(one ->
            DynamicTest.dynamicTest(
                one.name(), () -> assertThat(judge(one.drawing())).isEqualTo(one.expected())));
  }

  /// `snapshots 3 5` and `versions 9 7- 4`, newest first, a dash behind a deletion.
  private static String judge(String drawing) {
    long[] snapshots = {};
    StringBuilder verdicts = new StringBuilder();
    for (String line : drawing.lines().toList()) {
      String[] words = line.split(" ");
      if (words[0].equals("snapshots")) {
        snapshots = Stream.of(words).skip(1).mapToLong(Long::parseLong).toArray();
        continue;
      }
      DropRules rules = new DropRules(snapshots);
      long newer = DropRules.NO_NEWER;
      for (int i = 1; i < words.length; i++) {
        int kind = words[i].endsWith("-") ? ValueKind.DELETE : ValueKind.PUT;
        long sequence = Long.parseLong(words[i].replace("-", ""));
        verdicts.append(words[i]).append(' ').append(text(rules.judge(newer, sequence, kind)));
        verdicts.append('\n');
        newer = sequence;
      }
    }
    return verdicts.toString().strip();
  }

  private static String text(Verdict verdict) {
    return switch (verdict) {
      case KEEP -> "stays";
      case DROP -> "goes";
      case DROP_AT_BOTTOM -> "goes at the bottom";
    };
  }
}
