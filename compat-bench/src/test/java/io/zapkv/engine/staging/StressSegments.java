package io.zapkv.engine.staging;

import io.zapkv.engine.format.SegmentHeaderDescriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Staging segments for stress tests of the rooms above.
public final class StressSegments {
  private StressSegments() {}

  /// The smallest there is, empty; its memory is left to the collector.
  public static StagingSegment empty() {
    long bytes = StagingSegment.BYTES_MIN;
    MemorySegment memory = Arena.ofAuto().allocate(bytes, Long.BYTES);
    return StagingSegment.start(memory, new SegmentHeaderDescriptor(1, 1, 9, 1, 1000, bytes, 0));
  }
}
