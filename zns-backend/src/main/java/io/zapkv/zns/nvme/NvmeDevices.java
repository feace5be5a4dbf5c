package io.zapkv.zns.nvme;

import io.zapkv.zns.RingSource;
import io.zapkv.zns.ZonedDevice;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Opens NVMe devices: the door of this room.
public final class NvmeDevices {
  private NvmeDevices() {}

  /// Opens a namespace by its node.
  ///
  /// @param name the device's name, as it is told to others
  /// @param node such as `/dev/ng0n1`
  /// @param stagingFolder where memory that outlives the process is kept, or null for nowhere
  /// @param rings asked once, when the node is locked; closed with the device
  public static ZonedDevice open(
      String name,
      Path node,
      @Nullable Path stagingFolder,
      boolean readOnly,
      Supplier<RingSource> rings) {
    NvmeNode port = NvmeNode.open(name, node, readOnly);
    boolean taken = false;
    try {
      RingSource its = rings.get();
      taken = true;
      return NvmeDevice.open(name, port, its, stagingFolder, readOnly);
    } finally {
      if (!taken) {
        port.close();
      }
    }
  }
}
