package io.zapkv.zns;

/// Packs a place on a device into one long: the zone in the upper 24 bits (the sign bit stays
/// clear), the block within the zone in the lower 40.
///
/// ```
///   63       40 39                0
///  ┌───────────┬───────────────────┐
///  │   zone    │  block in zone    │
///  └───────────┴───────────────────┘
/// ```
///
/// An address is what the device answered; this class unpacks and prints it, and only devices pack
/// one (A4).
public final class ZoneAddress {
  /// No address.
  public static final long NONE = -1;

  /// The most zones an address can name.
  public static final int ZONES_MAX = 1 << 23;

  /// The most blocks a zone can have.
  public static final long ZONE_BLOCKS_MAX = 1L << 40;

  private static final int BLOCK_BITS = 40;
  private static final long BLOCK_MASK = (1L << BLOCK_BITS) - 1;

  private ZoneAddress() {}

  /// The address of block `block` of zone `zone`.
  public static long of(int zone, long block) {
    assert zone >= 0 && zone < ZONES_MAX && block >= 0 && block <= BLOCK_MASK;
    return (long) zone << BLOCK_BITS | block;
  }

  /// The zone an address lies in.
  public static int zone(long address) {
    return (int) (address >>> BLOCK_BITS);
  }

  /// The block within the zone.
  public static long block(long address) {
    return address & BLOCK_MASK;
  }

  /// The address as people read it: `17:4096`, zone and block.
  public static String print(long address) {
    return address == NONE ? "none" : zone(address) + ":" + block(address);
  }
}
