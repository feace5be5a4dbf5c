package io.zapkv.engine.inspect;

import io.zapkv.api.VerifyReport;
import io.zapkv.api.VerifyReport.Problem;
import io.zapkv.api.ZapException;
import java.util.ArrayList;
import java.util.List;

/// What is wrong with a store, in the order it was found.
///
/// **Bounds.** [VerifyReport#PROBLEMS_MAX]; more are not kept.
final class ProblemList {
  private final List<Problem> problems = new ArrayList<>();

  void add(String where, String expected, String got) {
    if (!isFull()) {
      problems.add(new Problem(where, expected, got));
    }
  }

  void add(ZapException found) {
    add(found.where(), found.expected(), found.got());
  }

  /// Runs a step of a check; what the world does to it is a problem.
  void noting(Runnable step) {
    try {
      step.run();
    } catch (ZapException e) {
      add(e);
    }
  }

  boolean isFull() {
    return problems.size() >= VerifyReport.PROBLEMS_MAX;
  }

  List<Problem> all() {
    return problems;
  }
}
