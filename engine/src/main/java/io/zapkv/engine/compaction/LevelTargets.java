package io.zapkv.engine.compaction;

import io.zapkv.engine.version.Version;

/// How large each level ought to be, and into which one level 0 is merged.
///
/// ```
///   0      at most LEVEL0_TRIGGER tables
///   1 ..   empty
///   base   total / 10^k, at most baseBlocksMax        ◄── level 0 is merged into this one
///   ..     ten times the level before
///   last   the rest: at least nine tenths of everything
/// ```
///
/// Sizes are reckoned from the last level up, so that the last level holds most of the store
/// however large it is, and what is not the newest version takes at most about a ninth of the
/// space.
///
/// All sizes are device blocks.
public final class LevelTargets {
  /// From how many tables on level 0 is to be merged.
  public static final int LEVEL0_TRIGGER = 4;

  /// How many times larger than its predecessor a level is.
  public static final int MULTIPLIER = 10;

  private static final int LAST = Version.LEVELS - 1;

  private final long baseBlocksMax;
  private final int baseLevel;
  private final long[] blocks = new long[Version.LEVELS];

  private LevelTargets(Version version, long baseBlocksMax) {
    this.baseBlocksMax = baseBlocksMax;
    long total = 0;
    int firstHeld = LAST;
    for (int level = LAST; level > 0; level--) {
      long held = version.blocks(level);
      total += held;
      firstHeld = held > 0 ? level : firstHeld;
    }
    int base = LAST;
    blocks[LAST] = Math.max(total, 1);
    while (base > 1 && blocks[base] > baseBlocksMax) {
      base--;
      blocks[base] = blocks[base + 1] / MULTIPLIER;
    }
    // Level 0 must not be merged past a level that holds something: its entries are newer. A level
    // above the one reckoned is left over from a larger store; its target of 0 drains it.
    this.baseLevel = Math.min(base, firstHeld);
  }

  /// The targets for `version`.
  ///
  /// @param baseBlocksMax how large the base level may be before one is put above it; about what
  ///   [#LEVEL0_TRIGGER] level-0 tables hold
  public static LevelTargets of(Version version, long baseBlocksMax) {
    return new LevelTargets(version, baseBlocksMax);
  }

  /// The level that level 0 is merged into.
  public int baseLevel() {
    return baseLevel;
  }

  /// How large `level`, above 0, ought to be; 0 where it ought to be empty.
  public long blocks(int level) {
    return blocks[level];
  }

  /// How pressing work on a level is: 1 and more where it has outgrown its target.
  ///
  /// @param tables tables of the level that nothing is done about yet
  /// @param heldBlocks what they take
  double score(int level, int tables, long heldBlocks) {
    if (level == 0) {
      return Math.max(
          (double) tables / LEVEL0_TRIGGER, (double) heldBlocks / LEVEL0_TRIGGER / baseBlocksMax);
    }
    return level == LAST || heldBlocks == 0 ? 0 : (double) heldBlocks / Math.max(1, blocks[level]);
  }

  /// An estimate of the blocks that merges have yet to write until no level is above its target.
  /// Grows with every level-0 table that waits, so that writes can be slowed down before they must
  /// stop.
  public long owedBlocks(Version version) {
    long owed = 0;
    long arriving = 0;
    if (version.tables(0).size() >= LEVEL0_TRIGGER) {
      arriving = version.blocks(0);
      owed += arriving + version.blocks(baseLevel);
    }
    for (int level = baseLevel; level < LAST; level++) {
      long held = version.blocks(level) + arriving;
      long excess = Math.max(0, held - blocks[level]);
      long below = version.blocks(level + 1);
      // Each block that goes down rewrites as many below as lie under it on the average.
      owed += held == 0 ? 0 : excess + (long) ((double) below / held * excess);
      arriving = excess;
    }
    return owed;
  }
}
