package io.zapkv.api;

import java.util.List;

/// What a full check of a store found. Nothing was changed by it.
///
/// @param device the name it was opened by
/// @param zones zones looked at
/// @param tables tables read from end to end
/// @param blocks blocks whose checksum was computed
/// @param entries entries whose order was checked
/// @param bytes bytes read
/// @param problems what is wrong, in the order it was found; empty where the store is sound. At
///   most [#PROBLEMS_MAX] are listed
public record VerifyReport(
    String device,
    long zones,
    long tables,
    long blocks,
    long entries,
    long bytes,
    List<Problem> problems) {
  /// The most problems one report lists.
  public static final int PROBLEMS_MAX = 1000;

  /// Keeps a copy of the list.
  public VerifyReport {
    problems = List.copyOf(problems);
  }

  /// Whether nothing is wrong.
  public boolean isSound() {
    return problems.isEmpty();
  }

  /// One thing that is wrong.
  ///
  /// @param where address and structure
  /// @param expected what should be there
  /// @param got what is there
  public record Problem(String where, String expected, String got) {}
}
