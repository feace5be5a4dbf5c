package io.zapkv.bench.target;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// Where the stores of one run live: on a device that the user named, or in a folder of the run's
/// own that goes when the run ends.
///
/// RocksDB gets a folder beside ZapKV's device, so that both use the same disk.
///
/// **Failures.** A named device is never erased unless this run found it empty.
public final class Site implements AutoCloseable {
  private final Engine engine;
  private final TargetOptions options;
  private final String device;
  private final Path rocksFolder;
  private final @Nullable Path ownFolder;

  private Site(
      Engine engine,
      TargetOptions options,
      String device,
      Path rocksFolder,
      @Nullable Path ownFolder) {
    this.engine = engine;
    this.options = options;
    this.device = device;
    this.rocksFolder = rocksFolder;
    this.ownFolder = ownFolder;
  }

  /// A site on the device `device`, or in a new folder inside `parent` where that is null.
  public static Site of(
      Engine engine, TargetOptions options, @Nullable String device, Path parent) {
    try {
      if (device != null && device.startsWith("emu:")) {
        return new Site(
            engine, options, device, Path.of(emulatedFolder(device) + ".rocksdb"), null);
      }
      Files.createDirectories(parent);
      Path own = Files.createTempDirectory(parent, "data-");
      String emulated = "emu:" + own.resolve("zapkv") + (options.direct() ? "?direct=true" : "");
      String name = device == null ? emulated : device;
      return new Site(engine, options, name, own.resolve("rocksdb"), own);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path emulatedFolder(String device) {
    return Path.of(device.substring("emu:".length()).split("\\?", 2)[0]);
  }

  /// The device that ZapKV runs on.
  public String device() {
    return device;
  }

  /// Whether nothing outlives the run.
  public boolean isTemporary() {
    return ownFolder != null && device.startsWith("emu:" + ownFolder);
  }

  /// Opens an engine's store, creating what is missing.
  ///
  /// @throws IllegalArgumentException for a name that no engine has
  public Target open(String engineName) {
    return switch (engineName) {
      case ZapTarget.NAME -> new ZapTarget(engine.open(device, options.storeOptions()), options);
      case RocksTarget.NAME -> new RocksTarget(rocksFolder, options);
      case MapTarget.NAME -> new MapTarget();
      default ->
          throw new IllegalArgumentException(
              "no engine is called " + engineName + ": zapkv, rocksdb or map");
    };
  }

  /// Empties an engine's store. Requires: it is closed, and what it holds is this run's.
  public void erase(String engineName) {
    switch (engineName) {
      case ZapTarget.NAME -> eraseDevice();
      case RocksTarget.NAME -> delete(rocksFolder);
      default -> {}
    }
  }

  private void eraseDevice() {
    if (isTemporary()) {
      delete(emulatedFolder(device));
    } else if (!isForgetful()) {
      engine.format(device, true);
    }
  }

  /// A nameless memory device is gone when it is closed.
  private boolean isForgetful() {
    return device.startsWith("mem:") && !device.contains("name=");
  }

  /// Removes what is the run's own.
  @Override
  public void close() {
    if (ownFolder != null) {
      delete(ownFolder);
    }
  }

  private static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
                throws IOException {
              Files.delete(visited);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
