package io.zapkv.zns.nvme;

import io.zapkv.ring.Ring;
import io.zapkv.ring.RingException;
import io.zapkv.ring.RingOptions;
import io.zapkv.ring.Rings;
import io.zapkv.ring.Rings.Choice;
import io.zapkv.zns.DeviceIoException;
import io.zapkv.zns.RingSource;

/// Rings with room for commands, run by the kernel: nothing else carries an append's address (D12).
///
/// **Threading.** Any thread.
public final class NvmeRings implements RingSource {
  private final String device;
  private final Rings rings;

  private NvmeRings(String device, Rings rings) {
    this.device = device;
    this.rings = rings;
  }

  /// Finds out whether such rings are to be had.
  ///
  /// @param device the device's name
  /// @throws DeviceIoException where io_uring is not to be had, with the cure
  public static NvmeRings of(String device) {
    try {
      return new NvmeRings(
          device,
          Rings.choose(
              Choice.URING,
              1,
              _ -> {
                throw new AssertionError("io_uring needs no threads of ours");
              }));
    } catch (RingException e) {
      throw refused(device, e);
    }
  }

  @Override
  public Ring open(int capacity) {
    try {
      return rings.open(RingOptions.of(capacity).withCommands());
    } catch (RingException e) {
      throw refused(device, e);
    }
  }

  private static DeviceIoException refused(String device, RingException e) {
    return new DeviceIoException(
        device, "NVMe passthrough goes by io_uring: " + e.getMessage(), e.advice(), null);
  }

  @Override
  public String description() {
    return "io_uring: NVMe passthrough needs it";
  }

  @Override
  public void close() {
    rings.close();
  }
}
