package io.zapkv.sim;

import io.zapkv.sim.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Makes a failing plan small: leaves lines out, half of them at a time, then a quarter, down to
/// single ones (Zeller's ddmin).
public final class PlanShrinker {
  private PlanShrinker() {}

  /// The smallest failing plan that was found.
  ///
  /// @param plan a plan that fails
  /// @param fails whether a plan still fails in the same way
  /// @param triesMax how many plans to try
  public static Plan shrink(Plan plan, Predicate<Plan> fails, int triesMax) {
    List<String> small = plan.lines();
    int pieces = 2;
    int tries = 0;
    while (small.size() > 1 && tries < triesMax) {
      int length = Math.ceilDiv(small.size(), pieces);
      List<String> smaller = null;
      for (int from = 0; from < small.size() && smaller == null && tries < triesMax; tries++) {
        int to = Math.min(small.size(), from + length);
        List<String> rest = new ArrayList<>(small.subList(0, from));
        rest.addAll(small.subList(to, small.size()));
        smaller = fails.test(new Plan(plan.seed(), rest)) ? rest : null;
        from = to;
      }
      if (smaller != null) {
        small = smaller;
        pieces = Math.max(2, pieces - 1);
      } else if (length == 1) {
        break;
      } else {
        pieces = Math.min(small.size(), pieces * 2);
      }
    }
    return new Plan(plan.seed(), small);
  }
}
