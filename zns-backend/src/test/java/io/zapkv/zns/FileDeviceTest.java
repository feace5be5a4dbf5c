package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Zones in files, on the ring that is best here.
class FileDeviceTest extends ZonedDeviceContract {
  @TempDir Path temporary;

  private Path folder() {
    return temporary.resolve("device");
  }

  private String name() {
    return "emu:" + folder();
  }

  /// Which ring the name asks for.
  String ring() {
    return "auto";
  }

  @Override
  ZonedDevice open() {
    return ZonedDevices.open(name() + "?" + GEOMETRY + "&ring=" + ring());
  }

  private void reopen() {
    device.close();
    device = ZonedDevices.open(name() + "?ring=" + ring());
    queue = device.openQueue(16);
  }

  @Test
  void zonesAndStagingSurviveTheClose() {
    Geometry geometry = device.geometry();
    fill(1, 5);
    manage(ZoneAction.OPEN, 2);
    fill(3, ZONE_BLOCKS);
    device.staging().map("piece", 4096).set(ValueLayout.JAVA_BYTE, 5, (byte) 5);
    var before = device.report();
    reopen();
    assertThat(device.geometry()).isEqualTo(geometry);
    assertThat(device.report()).isEqualTo(before);
    assertHolds(ZoneAddress.of(1, 4), 1, fillPattern(1, 4));
    assertThat(device.staging().names()).containsExactly("piece");
    assertThat(device.staging().map("piece", 4096).get(ValueLayout.JAVA_BYTE, 5))
        .isEqualTo((byte) 5);
  }

  @Test
  void aResetKeepsTheFileAndItsBlocks() throws IOException {
    fill(0, 3);
    manage(ZoneAction.RESET, 0);
    reopen();
    assertThat(device.report(0).writtenBefore()).isTrue();
    assertThat(Files.size(folder().resolve("zone-000000"))).isEqualTo(ZONE_BLOCKS * BLOCK);
  }

  @Test
  void everythingIsReadableByItsOwnerOnly() throws IOException {
    fill(0, 1);
    device.staging().map("piece", 4096);
    try (Stream<Path> paths = Files.walk(folder())) {
      for (Path path : paths.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
            .as(path.toString())
            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
      }
    }
  }

  @Test
  void otherGeometryIsRefusedNamingBoth() {
    device.close();
    assertThatThrownBy(() -> ZonedDevices.open(name() + "?capacity=64KiB"))
        .isInstanceOf(GeometryException.class)
        .hasMessageContaining("capacity=98304")
        .hasMessageContaining("65536");
    ZonedDevices.open(name() + "?capacity=96KiB").close();
  }

  @Test
  void aSecondOpeningInThisProcessIsRefused() throws IOException {
    assertThatThrownBy(() -> ZonedDevices.open(name()))
        .isInstanceOf(DeviceLockedException.class)
        .hasMessageContaining("this process");
    Path link = Files.createSymbolicLink(temporary.resolve("link"), folder());
    assertThatThrownBy(() -> ZonedDevices.open("emu:" + link))
        .isInstanceOf(DeviceLockedException.class);
    assertThatThrownBy(() -> ZonedDevices.openReadOnly(name()))
        .isInstanceOf(DeviceLockedException.class);
    reopen();
  }

  @Test
  void aFolderOfSomethingElseIsLeftAlone() throws IOException {
    Path other = Files.createDirectory(temporary.resolve("photos"));
    Files.writeString(other.resolve("cat.jpg"), "miau");
    var before = contents(other);
    assertThatThrownBy(() -> ZonedDevices.open("emu:" + other))
        .isInstanceOf(DeviceFormatException.class)
        .hasMessageContaining("cat.jpg");
    assertThat(contents(other)).isEqualTo(before);
    assertThatThrownBy(() -> ZonedDevices.open("emu:" + other.resolve("cat.jpg")))
        .isInstanceOf(DeviceFormatException.class);
  }

  @Test
  void aDeviceThatWasBeingMadeWhenItsProcessDiedIsMadeAgain() throws IOException {
    Path half = Files.createDirectory(temporary.resolve("half"));
    Files.writeString(half.resolve("lock"), "123");
    Files.writeString(half.resolve("zones.table.new"), "ZAPZ");
    try (ZonedDevice made = ZonedDevices.open("emu:" + half + "?zones=2")) {
      assertThat(made.geometry().zones()).isEqualTo(2);
    }
  }

  @Test
  void whatIsRefusedByItsNumbersLeavesNoDeviceBehind() {
    Path never = temporary.resolve("never");
    assertThatThrownBy(() -> ZonedDevices.open("emu:" + never + "?zones=0"))
        .isInstanceOf(GeometryException.class);
    assertThat(never).doesNotExist();
    assertThat(ZonedDevices.exists("emu:" + never)).isFalse();
    ZonedDevices.open("emu:" + never + "?zones=2").close();
    assertThat(ZonedDevices.exists("emu:" + never)).isTrue();
  }

  @Test
  void everyFlippedBitOfTheTableIsToldAndNothingChanged() throws IOException {
    fill(1, 5);
    device.close();
    Path table = folder().resolve("zones.table");
    byte[] good = Files.readAllBytes(table);
    for (int at = 0; at < good.length; at++) {
      boolean isPadding = (at >= 72 && at < 4096);
      boolean isBoot = at >= 64 && at < 72;
      if (isPadding || isBoot) {
        continue;
      }
      byte[] bad = good.clone();
      bad[at] ^= (byte) (1 << (at % 8));
      Files.write(table, bad);
      assertThatThrownBy(() -> ZonedDevices.open(name()))
          .as("byte " + at)
          .isInstanceOf(DeviceFormatException.class);
      assertThat(Files.readAllBytes(table)).isEqualTo(bad);
    }
    Files.write(table, new byte[10]);
    assertThatThrownBy(() -> ZonedDevices.open(name())).isInstanceOf(DeviceFormatException.class);
    Files.write(table, good);
    reopen();
    assertHolds(ZoneAddress.of(1, 4), 1, fillPattern(1, 4));
  }

  @Test
  void readingOnlyChangesNoFile() throws IOException {
    fill(1, 5);
    device.staging().map("piece", 4096).set(ValueLayout.JAVA_BYTE, 5, (byte) 5);
    device.close();
    var before = contents(folder());
    try (ZonedDevice readOnly = ZonedDevices.openReadOnly(name())) {
      device = readOnly;
      queue = readOnly.openQueue(16);
      assertHolds(ZoneAddress.of(1, 4), 1, fillPattern(1, 4));
      assertThat(readOnly.mapped(1)).isNotNull();
      assertThat(readOnly.mapped(7)).isNull();
      queue.append(1, blocks(1, 0), 0, 1);
      queue.write(ZoneAddress.of(1, 5), blocks(1, 0), 0, 2);
      queue.manage(ZoneAction.RESET, 1, 0, 3);
      queue.copy(java.util.List.of(new ZoneRange(ZoneAddress.of(1, 0), BLOCK)), 2, 0, 4);
      queue.sync(1, 0, 5);
      queue.sync(ZoneQueue.ALL_ZONES, 0, 6);
      Completions completions = new Completions().drain(queue);
      assertThat(completions.failed)
          .isEqualTo(
              Map.of(
                  1L, ZoneFailure.READ_ONLY,
                  2L, ZoneFailure.READ_ONLY,
                  3L, ZoneFailure.READ_ONLY,
                  4L, ZoneFailure.READ_ONLY));
      MemorySegment piece = readOnly.staging().map("piece", 4096);
      assertThat(piece.isReadOnly()).isTrue();
      assertThat(piece.get(ValueLayout.JAVA_BYTE, 5)).isEqualTo((byte) 5);
      assertThatThrownBy(() -> readOnly.staging().delete("piece"))
          .isInstanceOf(StagingException.class);
      assertThatThrownBy(() -> readOnly.staging().map("other", 4096))
          .isInstanceOf(StagingException.class);
    }
    assertThat(contents(folder())).isEqualTo(before);
    assertThatThrownBy(() -> ZonedDevices.openReadOnly("emu:" + temporary.resolve("none")))
        .isInstanceOf(DeviceFormatException.class);
    assertThat(temporary.resolve("none")).doesNotExist();
  }

  @Test
  void aStagingPieceThatDoesNotFitIsToldBeforeTheDiskIsFull() throws IOException {
    long tooMuch = Files.getFileStore(temporary).getUsableSpace() + (1L << 40);
    assertThatThrownBy(() -> device.staging().map("huge", tooMuch))
        .isInstanceOf(StagingException.class)
        .hasMessageContaining("make room");
    assertThat(device.staging().names()).isEmpty();
  }

  @Test
  void mappingsAreGoneAfterTheClose() {
    fill(0, 1);
    MemorySegment zone = device.mapped(0);
    MemorySegment piece = device.staging().map("piece", 4096);
    device.close();
    assertThatThrownBy(() -> zone.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> piece.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  private static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.toList()) {
        contents.put(
            folder.relativize(path).toString(),
            Files.getLastModifiedTime(path)
                + " "
                + (Files.isDirectory(path)
                    ? ""
                    : new java.math.BigInteger(1, Files.readAllBytes(path)).hashCode()));
      }
    }
    return contents;
  }

  @Test
  void smallSyncsPrepareBlocksAndNeverOverAnAppendOfAnotherQueue() throws Exception {
    // Each thread appends and syncs one block after the other: whoever prepares blocks does so
    // while
    // others append to the same zone.
    int threads = 4;
    int each = (int) ZONE_BLOCKS / threads;
    long[][] landed = new long[threads][each];
    List<Thread> writers = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int writer = t;
      Thread thread = new Thread(() -> appendAndSync(landed[writer], writer));
      writers.add(thread);
      thread.start();
    }
    for (Thread thread : writers) {
      thread.join();
    }
    try (ZoneQueue reader = device.openQueue(1)) {
      for (int t = 0; t < threads; t++) {
        for (int i = 0; i < each; i++) {
          MemorySegment target = Arena.global().allocate(BLOCK, BLOCK);
          reader.read(landed[t][i], target, 0, 1);
          reader.await(new Completions(), 1);
          assertThat(target.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(t * 1000L + i + 1);
        }
      }
    }
    assertThat((Long) Files.getAttribute(folder().resolve("zone-000001"), "unix:size"))
        .isEqualTo(ZONE_BLOCKS * BLOCK);
  }

  private void appendAndSync(long[] landed, int writer) {
    try (Arena arena = Arena.ofShared();
        ZoneQueue own = device.openQueue(1)) {
      MemorySegment block = arena.allocate(BLOCK, BLOCK);
      for (int i = 0; i < landed.length; i++) {
        int at = i;
        block.set(ValueLayout.JAVA_LONG, 0, writer * 1000L + i + 1);
        own.append(1, block, 0, 1);
        own.await(onDone((_, _, address) -> landed[at] = address), 1);
        own.sync(1, 0, 2);
        own.await(onDone((_, _, _) -> {}), 1);
      }
    }
  }

  private interface Done {
    void done(long token, int bytes, long address);
  }

  private static ZoneHandler onDone(Done done) {
    return new ZoneHandler() {
      @Override
      public void onDone(long token, int bytes, long address) {
        done.done(token, bytes, address);
      }

      @Override
      public void onFailed(long token, ZoneFailure failure) {
        throw new AssertionError(failure);
      }
    };
  }
}
