package io.zapkv.zns.emulated;

import io.zapkv.zns.DeviceFormatException;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.GeometryException;
import io.zapkv.zns.ZoneState;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// The zone table of an `emu:` device: a mapped file with one [ZoneWord] for each zone.
///
/// ```
///     0 ┌──────────────────────────────┐
///       │ magic, 8 bytes: ZAPZONES     │
///     8 │ version, int                 │
///    12 │ crc32c of bytes 16 to 63, int│
///    16 │ zones, int                   │
///    20 │ block bytes, int             │
///    24 │ zone size, blocks, long      │
///    32 │ zone capacity, blocks, long  │
///    40 │ append bytes max, int        │
///    44 │ open zones max, int          │
///    48 │ active zones max, int        │
///    52 │ zero                         │
///    64 │ boot, long                   │
///    72 │ zero                         │
///  4096 │ zone words, 8 bytes each     │
///       └──────────────────────────────┘
/// ```
///
/// All little endian. The header is written once, to a file of another name that is then renamed.
/// Afterwards every change is one aligned 64-bit store into the mapping: so the table is legal
/// whenever the process is killed.
///
/// A power cut is another matter. The stores reach the disk in any order, and a zone's pointer may
/// be older than its data. The boot word says during which boot of the machine the words were
/// written: in another one, each zone that is not empty counts as full, as if the device had
/// finished it by itself (D16), and its extents are the store's to know.
///
/// **Threading.** [#force] may be called by any thread; opening is one thread's.
final class ZoneTable {
  static final int VERSION = 1;
  private static final int HEADER_BYTES = 4096;
  private static final int CHECKED_FROM = 16;
  private static final int CHECKED_TO = 64;
  private static final int BOOT_OFFSET = 64;
  private static final byte[] MAGIC = "ZAPZONES".getBytes(StandardCharsets.US_ASCII);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String device;
  private final MemorySegment table;
  private final Geometry geometry;

  private ZoneTable(String device, MemorySegment table) {
    this.device = device;
    this.table = table;
    geometry = readHeader();
  }

  /// Writes the table of a new device, all zones empty, whole or not at all.
  static void create(Path path, Geometry geometry, String bootId) throws IOException {
    Path unfinished = path.resolveSibling(path.getFileName() + ".new");
    Files.deleteIfExists(unfinished);
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = PrivateFiles.open(unfinished)) {
      MemorySegment table = arena.allocate(lengthBytes(geometry.zones()), 8);
      MemorySegment.copy(MAGIC, 0, table, ValueLayout.JAVA_BYTE, 0, MAGIC.length);
      table.set(INT, 8, VERSION);
      table.set(INT, 16, geometry.zones());
      table.set(INT, 20, geometry.blockBytes());
      table.set(LONG, 24, geometry.zoneSizeBlocks());
      table.set(LONG, 32, geometry.zoneCapacityBlocks());
      table.set(INT, 40, geometry.appendBytesMax());
      table.set(INT, 44, geometry.openZonesMax());
      table.set(INT, 48, geometry.activeZonesMax());
      table.set(INT, 12, checksum(table));
      table.set(LONG, BOOT_OFFSET, bootWord(bootId));
      EmulatedZones.initialize(table.asSlice(HEADER_BYTES), geometry.zones());
      var bytes = table.asByteBuffer();
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
  }

  /// Maps the table of a device that is to be written.
  static ZoneTable open(String device, Path path, String bootId, Arena arena) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      checkLength(device, channel);
      ZoneTable table =
          new ZoneTable(
              device, channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), arena));
      if (!table.isOfBoot(bootId)) {
        // First the words, then the boot: cut in between, this is simply done again.
        table.fillActiveZones();
        table.force();
        table.table.set(LONG, BOOT_OFFSET, bootWord(bootId));
        table.force();
      }
      return table;
    }
  }

  /// Reads the table of a device that is only to be read, as [#open] would leave it.
  static ZoneTable read(String device, Path path, String bootId, Arena arena) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      checkLength(device, channel);
      MemorySegment copy = arena.allocate(channel.size(), 8);
      copy.copyFrom(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
      ZoneTable table = new ZoneTable(device, copy);
      if (!table.isOfBoot(bootId)) {
        table.fillActiveZones();
      }
      return table;
    }
  }

  private static void checkLength(String device, FileChannel channel) throws IOException {
    if (channel.size() < HEADER_BYTES) {
      throw damaged(device, "is " + channel.size() + " bytes long, shorter than its header");
    }
  }

  private Geometry readHeader() {
    byte[] magic = table.asSlice(0, MAGIC.length).toArray(ValueLayout.JAVA_BYTE);
    if (!Arrays.equals(magic, MAGIC)) {
      throw damaged(device, "does not begin with ZAPZONES");
    }
    int version = table.get(INT, 8);
    if (version != VERSION) {
      throw DeviceFormatException.otherVersion(device, version, VERSION);
    }
    if (table.get(INT, 12) != checksum(table)) {
      throw damaged(device, "has a header with a wrong checksum");
    }
    Geometry stored;
    try {
      stored =
          new Geometry(
              table.get(INT, 16),
              table.get(LONG, 24),
              table.get(LONG, 32),
              table.get(INT, 20),
              table.get(INT, 40),
              table.get(INT, 44),
              table.get(INT, 48));
    } catch (GeometryException e) {
      throw damaged(device, "has an impossible geometry: " + e.getMessage());
    }
    if (table.byteSize() != lengthBytes(stored.zones())) {
      throw damaged(
          device, "is " + table.byteSize() + " bytes long, not " + lengthBytes(stored.zones()));
    }
    for (int zone = 0; zone < stored.zones(); zone++) {
      if (!ZoneWord.isLegal(zone, word(zone), stored.zoneCapacityBlocks())) {
        throw damaged(device, "has no legal state for zone " + zone);
      }
    }
    return stored;
  }

  private static DeviceFormatException damaged(String device, String how) {
    return new DeviceFormatException(
        device, "its zone table " + how, "restore the folder from a copy; nothing was changed");
  }

  private boolean isOfBoot(String bootId) {
    // Where the system does not tell one boot from another, every opening is after a power cut.
    return !bootId.isEmpty() && table.get(LONG, BOOT_OFFSET) == bootWord(bootId);
  }

  private void fillActiveZones() {
    for (int zone = 0; zone < geometry.zones(); zone++) {
      long word = word(zone);
      long next =
          switch (ZoneWord.state(word)) {
            case IMPLICITLY_OPEN, EXPLICITLY_OPEN, CLOSED, FULL ->
                ZoneWord.of(zone, ZoneState.FULL, geometry.zoneCapacityBlocks(), true);
            case EMPTY, READ_ONLY, OFFLINE -> word;
          };
      table.set(LONG, HEADER_BYTES + zone * 8L, next);
    }
  }

  private long word(int zone) {
    return table.get(LONG, HEADER_BYTES + zone * 8L);
  }

  Geometry geometry() {
    return geometry;
  }

  MemorySegment words() {
    return table.asSlice(HEADER_BYTES);
  }

  /// Makes the words as they are now survive a power cut.
  void force() {
    table.force();
  }

  private static long lengthBytes(int zones) {
    return HEADER_BYTES + zones * 8L;
  }

  private static int checksum(MemorySegment table) {
    CRC32C crc = new CRC32C();
    crc.update(table.asSlice(CHECKED_FROM, CHECKED_TO - CHECKED_FROM).asByteBuffer());
    return (int) crc.getValue();
  }

  /// 64 bits of a boot's name (FNV-1a): few enough for one store, enough to tell boots apart.
  private static long bootWord(String bootId) {
    long hash = 0xCBF29CE484222325L;
    for (byte each : bootId.getBytes(StandardCharsets.US_ASCII)) {
      hash = (hash ^ (each & 0xFF)) * 0x100000001B3L;
    }
    return hash;
  }
}
