package io.zapkv.zns.zonefs;

import io.zapkv.zns.DeviceFormatException;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.ZoneState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the system says of a mounted zonefs.
///
/// @param source the block device it stands on: `/dev/nvme0n1`
/// @param readOnly whether it is mounted for reading only
/// @param errors what becomes of a file after an error: `zone-ro`, `remount-ro`, … (zns-facts Z4)
/// @param zones how many files of sequential zones there are
/// @param blockBytes the unit of direct writes
/// @param writableFilesMax how many files may be open for writing, zero for any number (Z5)
/// @param activeFilesMax how many zones may be active (D13), zero for any number
/// @param mayWrite whether this process has the right to write the files
/// @param descriptorsFree how many files this process may still open
record MountFacts(
    String source,
    boolean readOnly,
    String errors,
    int zones,
    long blockBytes,
    long writableFilesMax,
    long activeFilesMax,
    boolean mayWrite,
    long descriptorsFree) {

  /// The largest append, where the name of the device asks for no other: as long as a full gather
  /// of appends of 4 KiB. A longer one would let all others that wait for its zone wait for it.
  static final long APPEND_BYTES = 1L << 20;

  /// For whatever else the process opens while the device is open.
  private static final int DESCRIPTORS_RESERVE = 64;

  /// The numbers of the device.
  ///
  /// @param device its name
  /// @param statuses one for each zone
  /// @param appendBytes the largest append asked for, or null
  Geometry geometry(String device, List<ZoneFileStatus> statuses, @Nullable Long appendBytes) {
    if (blockBytes != 512 && blockBytes != 4096) {
      throw new DeviceFormatException(
          device,
          "its blocks are " + blockBytes + " bytes long",
          "use a device with blocks of 512 or 4096 bytes");
    }
    long capacityBytes = capacityBytes(device, statuses);
    long capacityBlocks = capacityBytes / blockBytes;
    long open = limit(writableFilesMax);
    long active = limit(activeFilesMax);
    long append =
        appendBytes == null ? wholeBlocks(Math.min(APPEND_BYTES, capacityBytes)) : appendBytes;
    return new Geometry(
        zones,
        powerOfTwoFrom(capacityBlocks),
        capacityBlocks,
        (int) blockBytes,
        (int) Math.min(Integer.MAX_VALUE, append),
        (int) Math.min(open, active),
        (int) active);
  }

  private static long capacityBytes(String device, List<ZoneFileStatus> statuses) {
    long capacityBytes = 0;
    for (int zone = 0; zone < statuses.size(); zone++) {
      ZoneFileStatus status = statuses.get(zone);
      if (status.state() == ZoneState.OFFLINE) {
        continue;
      }
      if (capacityBytes != 0 && status.capacityBytes() != capacityBytes) {
        throw new DeviceFormatException(
            device,
            "zones before file "
                + zone
                + " hold "
                + capacityBytes
                + " bytes, that one "
                + status.capacityBytes(),
            "use a device whose zones are all of one capacity");
      }
      capacityBytes = status.capacityBytes();
    }
    if (capacityBytes == 0) {
      throw new DeviceFormatException(
          device, "there is no zone in it that can be used", "look at its seq folder");
    }
    return capacityBytes;
  }

  private long limit(long max) {
    return max == 0 ? zones : Math.min(max, zones);
  }

  private long wholeBlocks(long bytes) {
    return bytes / blockBytes * blockBytes;
  }

  private static long powerOfTwoFrom(long blocks) {
    long floor = Long.highestOneBit(blocks);
    return floor == blocks ? floor : floor << 1;
  }

  /// Refuses what would fail later: each zone's file stays open for reading, each open zone's for
  /// writing.
  void checkDescriptors(String device, Geometry geometry) {
    long needed = (long) geometry.zones() + geometry.openZonesMax() + DESCRIPTORS_RESERVE;
    if (needed > descriptorsFree) {
      throw new DeviceFormatException(
          device,
          "it needs "
              + needed
              + " open files, and this process may open "
              + descriptorsFree
              + " more",
          "raise the limit: ulimit -n");
    }
  }
}
