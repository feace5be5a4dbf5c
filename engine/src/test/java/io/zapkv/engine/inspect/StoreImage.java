package io.zapkv.engine.inspect;

import io.zapkv.Zap;
import io.zapkv.api.Compression;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.ZapStore;
import io.zapkv.engine.format.Crc32c;
import io.zapkv.engine.format.Envelope;
import io.zapkv.engine.format.EnvelopeKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The folder of a closed or killed `emu:` store, to look at and to damage.
record StoreImage(Path folder) {
  static final String PARAMETERS = "?zones=24&capacity=256KiB&block=512&append=32KiB";
  static final StoreOptions OPTIONS =
      StoreOptions.defaults()
          .withMemtableBytes(1 << 20)
          .withMemoryBudgetBytes(12 << 20)
          .withCompression(Compression.NONE);
  private static final int BLOCK = 512;
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// Where a whole chunk lies.
  record Chunk(int zone, long offset, Envelope envelope) {}

  /// What a store holds when `work` is done and it was closed.
  static StoreImage closed(Path folder, Consumer<ZapStore> work) {
    try (ZapStore store = Zap.open("emu:" + folder + PARAMETERS, OPTIONS)) {
      work.accept(store);
    }
    return new StoreImage(folder);
  }

  /// What a process leaves that is killed when `work` is done: what is in files then, mapped ones
  /// among them.
  static StoreImage killed(Path folder, Consumer<ZapStore> work) {
    Path alive = folder.resolveSibling(folder.getFileName() + "-alive");
    StoreImage image = new StoreImage(alive);
    try (ZapStore store = Zap.open("emu:" + alive + PARAMETERS, OPTIONS)) {
      work.accept(store);
      while (store.stats().background().backlogBytes() > 0) {
        Thread.onSpinWait(); // files are copied one after the other: nothing may move meanwhile
      }
      return image.copyTo(folder);
    }
  }

  String device() {
    return "emu:" + folder;
  }

  ZapStore open() {
    return Zap.open(device(), OPTIONS);
  }

  StoreImage copyTo(Path target) {
    for (Path file : files()) {
      if (file.toString().endsWith(".new")) {
        continue; // a live store is making memory ready, for which nothing waits
      }
      Path copy = target.resolve(folder.relativize(file));
      try {
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new StoreImage(target);
  }

  List<Path> files() {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Every file with its time and the hash of its bytes.
  TreeMap<String, String> fingerprint() {
    TreeMap<String, String> prints = new TreeMap<>();
    for (Path file : files()) {
      try {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        prints.put(
            folder.relativize(file).toString(),
            Files.getLastModifiedTime(file) + " " + HexFormat.of().formatHex(hash));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError(e);
      }
    }
    return prints;
  }

  Path zone(int zone) {
    return folder.resolve("zone-%06d".formatted(zone));
  }

  void change(Path file, Consumer<MemorySegment> change) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      change.accept(MemorySegment.ofArray(bytes));
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void flip(Path file, long offset) {
    change(file, bytes -> flip(bytes, offset));
  }

  static void flip(MemorySegment bytes, long offset) {
    byte old = bytes.get(ValueLayout.JAVA_BYTE, offset);
    bytes.set(ValueLayout.JAVA_BYTE, offset, (byte) (old ^ 0x10));
  }

  /// Flips a bit of a chunk's payload.
  void damage(Chunk chunk) {
    flip(zone(chunk.zone), chunk.offset + Envelope.BYTES + chunk.envelope.payloadBytes() / 2);
  }

  /// Changes a chunk and gives it right checksums again.
  void forge(Chunk chunk, Consumer<MemorySegment> change) {
    change(
        zone(chunk.zone),
        bytes -> {
          MemorySegment whole =
              bytes.asSlice(chunk.offset, Envelope.BYTES + (long) chunk.envelope.payloadBytes());
          change.accept(whole);
          int payload = whole.get(U32, 48);
          if (payload == chunk.envelope.payloadBytes()) {
            whole.set(U32, 52, Crc32c.of(whole, Envelope.BYTES, payload));
          }
          whole.set(U32, 60, Crc32c.of(whole, 0, 60));
        });
  }

  /// The whole chunks of a kind, by zone and place.
  List<Chunk> chunks(EnvelopeKind kind) {
    List<Chunk> chunks = new ArrayList<>();
    for (int zone = 0; zone < 24; zone++) {
      if (!Files.exists(zone(zone))) {
        continue;
      }
      int now = zone;
      MemorySegment bytes;
      try {
        bytes = MemorySegment.ofArray(Files.readAllBytes(zone(zone)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      for (long at = 0; at + BLOCK <= bytes.byteSize(); at += BLOCK) {
        Envelope found = Envelope.read(bytes.asSlice(at));
        if (found != null && found.zone() == now && found.payloadIsWhole(bytes.asSlice(at))) {
          if (found.kind() == kind) {
            chunks.add(new Chunk(zone, at, found));
          }
          at += found.chunkBytes(BLOCK) - BLOCK;
        }
      }
    }
    if (chunks.isEmpty()) {
      throw new AssertionError("no chunk of kind " + kind);
    }
    return chunks;
  }

  /// The file and the place of a text that is in one file only.
  void flipWhere(String text) {
    byte[] wanted = bytes(text);
    for (Path file : files()) {
      String content = latin(file);
      int at = content.indexOf(new String(wanted, StandardCharsets.ISO_8859_1));
      if (at >= 0 && file.getFileName().toString().startsWith("zone-")) {
        flip(file, at);
        return;
      }
    }
    throw new AssertionError(text + " is in no zone");
  }

  private static String latin(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Puts keys `from` to `to`.
  static void put(ZapStore store, int from, int to) {
    for (int i = from; i < to; i++) {
      store.put(key(i), value(i));
    }
  }

  static byte[] key(int i) {
    return bytes("key%06d".formatted(i));
  }

  static byte[] value(int i) {
    return bytes("value of %06d ".formatted(i) + "v".repeat(50 + i % 50));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
