package io.zapkv.engine.inspect;

import static io.zapkv.engine.inspect.StoreImage.key;
import static io.zapkv.engine.inspect.StoreImage.value;

import io.zapkv.api.Cursor;
import io.zapkv.api.Durability;
import io.zapkv.api.ZapException;
import io.zapkv.api.ZapStore;
import io.zapkv.engine.format.Envelope;
import io.zapkv.engine.format.EnvelopeKind;
import io.zapkv.engine.format.Layouts;
import io.zapkv.ring.Clock;
import io.zapkv.zns.ZonedDeviceException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Verifies and opens images of stores with one thing changed in each, until its time is up: a byte
/// flipped, a block zeroed, a file cut, a chunk forged. What comes of it is a right answer or a
/// typed refusal; any thing else ends the process with a trace.
///
/// Arguments: a folder to work in, seconds, seed.
final class MutatedImages {
  private static final int STEP = 97;
  private static final int BLOCK = 512;
  private static final int FLUSHED = 3_000;
  private static final int LOGGED = 300;

  private final Path folder;
  private final SplittableRandom random;
  private final List<Mutation> mutations = new ArrayList<>();
  private final List<Mutation> forgeries = new ArrayList<>();
  private int verified;
  private int sound;
  private int opened;
  private int refused;

  private enum Kind {
    FLIP,
    ZERO,
    CUT,
    /// A byte of a chunk is another, and all checksums of the chunk are right: what nobody but an
    /// enemy does. The store may then say what the enemy wants, and no more.
    FORGE
  }

  private record Mutation(
      StoreImage image, String file, Kind kind, long at, StoreImage.Chunk chunk) {
    Mutation(StoreImage image, String file, Kind kind, long at) {
      this(image, file, kind, at, null);
    }
  }

  private MutatedImages(Path folder, long seed) {
    this.folder = folder;
    this.random = new SplittableRandom(seed);
  }

  public static void main(String[] arguments) throws IOException {
    long seed = Long.parseLong(arguments[2]);
    MutatedImages run = new MutatedImages(Path.of(arguments[0]), seed);
    long end = Clock.system().nanos() + Long.parseLong(arguments[1]) * 1_000_000_000;
    run.prepare();
    int tried = 0;
    while (Clock.system().nanos() < end) {
      List<Mutation> from = tried % 3 == 0 ? run.forgeries : run.mutations;
      run.tryOut(from.get(run.random.nextInt(from.size())));
      tried++;
    }
    System.out.printf(
        "seed %d: %d of %d mutations, %d verified (%d sound), %d opened, %d refused%n",
        seed, tried, run.mutations.size(), run.verified, run.sound, run.opened, run.refused);
    System.out.println("ok");
  }

  private void prepare() throws IOException {
    StoreImage closed = StoreImage.closed(folder.resolve("closed"), this::write);
    StoreImage killed = StoreImage.killed(folder.resolve("killed"), this::write);
    for (StoreImage image : List.of(closed, killed)) {
      for (Path file : image.files()) {
        collect(image, file);
      }
      collectForgeries(image);
    }
  }

  private void write(ZapStore store) {
    StoreImage.put(store, 0, FLUSHED / 2);
    store.flush();
    StoreImage.put(store, FLUSHED / 2, FLUSHED);
    store.compact();
    for (int i = FLUSHED; i < FLUSHED + LOGGED; i++) {
      store.put(key(i), value(i), i % 20 == 0 ? Durability.DURABLE : Durability.BUFFERED);
    }
  }

  /// Only where something is written: holes are most of a file.
  private void collect(StoreImage image, Path file) throws IOException {
    String name = image.folder().relativize(file).toString();
    byte[] bytes = Files.readAllBytes(file);
    for (int block = 0; block < bytes.length; block += BLOCK) {
      int end = Math.min(bytes.length, block + BLOCK);
      boolean written = false;
      for (int at = block; at < end; at++) {
        written |= bytes[at] != 0;
      }
      for (int at = (block + STEP - 1) / STEP * STEP; written && at < end; at += STEP) {
        mutations.add(new Mutation(image, name, Kind.FLIP, at));
      }
      if (written) {
        mutations.add(new Mutation(image, name, Kind.ZERO, block));
        mutations.add(new Mutation(image, name, Kind.CUT, block));
      }
    }
  }

  private void collectForgeries(StoreImage image) {
    for (EnvelopeKind kind : EnvelopeKind.values()) {
      if (kind == EnvelopeKind.PADDING
          || (kind == EnvelopeKind.LOG && !image.device().endsWith("killed"))) {
        continue; // nobody reads it
      }
      for (StoreImage.Chunk chunk : image.chunks(kind)) {
        forgeries.add(new Mutation(image, "", Kind.FORGE, 0, chunk));
      }
    }
  }

  private void tryOut(Mutation mutation) throws IOException {
    StoreImage image = mutation.image.copyTo(folder.resolve("mutated"));
    try {
      StoreImage.Chunk chunk = mutation.chunk;
      if (chunk == null) {
        change(image.folder().resolve(mutation.file), mutation);
      } else {
        forge(image, chunk);
      }
      verify(image);
      if (mutation.kind == Kind.FORGE || random.nextInt(3) == 0) {
        open(image, mutation);
      }
    } catch (Throwable bad) { // errors, too: they are what is looked for
      System.out.println("after " + mutation + ":");
      bad.printStackTrace(System.out);
      System.exit(1);
    } finally {
      for (Path file : image.files()) {
        Files.delete(file);
      }
    }
  }

  private void change(Path file, Mutation mutation) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int at = (int) mutation.at;
    switch (mutation.kind) {
      case FLIP -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case ZERO -> Arrays.fill(bytes, at, Math.min(bytes.length, at + BLOCK), (byte) 0);
      case CUT, FORGE -> {}
    }
    Files.write(file, bytes);
    if (mutation.kind == Kind.CUT) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(at);
      }
    }
  }

  private void forge(StoreImage image, StoreImage.Chunk chunk) {
    int reach = Math.min(chunk.envelope().payloadBytes(), 200);
    int at = 6 + random.nextInt(Envelope.BYTES - 6 + reach);
    int length = random.nextInt(3) == 0 ? 4 : 1;
    image.forge(
        chunk,
        bytes -> {
          for (int i = at; i < Math.min(at + length, bytes.byteSize()); i++) {
            bytes.set(Layouts.U8, i, (byte) random.nextInt(256));
          }
        });
  }

  private void verify(StoreImage image) {
    try {
      verified++;
      Inspect.zones(image.device());
      sound += Inspect.verify(image.device()).isSound() ? 1 : 0;
    } catch (ZapException e) {
      requireExplained(e);
    }
  }

  private void open(StoreImage image, Mutation mutation) {
    boolean mayMiss = mutation.file.startsWith("staging");
    try (ZapStore store = image.open()) {
      opened++;
      int first = random.nextInt(50);
      for (int i = first; i < FLUSHED + LOGGED; i += 50) {
        check(store, i, mutation, mayMiss && i >= FLUSHED);
      }
      try (Cursor cursor = store.cursor()) {
        for (cursor.seek(key(first)); cursor.isValid(); cursor.next()) {
          cursor.value();
        }
      } catch (ZapException e) {
        requireExplained(e);
      }
      store.put(key(1), value(1));
    } catch (ZapException e) {
      refused++;
      requireExplained(e);
    }
  }

  private static void check(ZapStore store, int i, Mutation mutation, boolean mayMiss) {
    byte[] found;
    try {
      found = store.get(key(i));
    } catch (ZapException e) {
      requireExplained(e);
      return;
    }
    boolean isRight = found == null ? mayMiss : Arrays.equals(found, value(i));
    if (!isRight && mutation.kind != Kind.FORGE) {
      throw new AssertionError("key " + i + ": a wrong answer, " + Arrays.toString(found));
    }
  }

  /// A refusal must not stand for a bug of ours.
  private static void requireExplained(ZapException refusal) {
    for (Throwable cause = refusal; cause != null; cause = cause.getCause()) {
      boolean isWorld =
          cause instanceof ZapException
              || cause instanceof ZonedDeviceException
              || cause instanceof IOException;
      if (!isWorld) {
        throw new AssertionError("a refusal because of " + cause, refusal);
      }
    }
  }
}
