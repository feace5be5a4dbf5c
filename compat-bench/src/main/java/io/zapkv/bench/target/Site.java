package io.zapkv.bench.target;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/// Where the stores of one run live: on a device that the user named, or in a folder of the run's
/// own that goes when the run ends.
///
/// Every other store gets a folder beside ZapKV's device, so that all use the same disk.
///
/// **Failures.** A named device is never erased unless this run found it empty.
public final class Site implements AutoCloseable {
  private final Engine engine;
  private final TargetOptions options;
  private final String device;
  private final String folderPrefix;
  private final @Nullable Path ownFolder;

  private Site(
      Engine engine,
      TargetOptions options,
      String device,
      String folderPrefix,
      @Nullable Path ownFolder) {
    this.engine = engine;
    this.options = options;
    this.device = device;
    this.folderPrefix = folderPrefix;
    this.ownFolder = ownFolder;
  }

  /// A site on the device `device`, or in a new folder inside `parent` where that is null.
  public static Site of(
      Engine engine, TargetOptions options, @Nullable String device, Path parent) {
    try {
      if (device != null && device.startsWith("emu:")) {
        return new Site(engine, options, device, emulatedFolder(device) + ".", null);
      }
      Files.createDirectories(parent);
      Path own = Files.createTempDirectory(parent, "data-");
      String emulated = "emu:" + own.resolve("zapkv") + (options.direct() ? "?direct=true" : "");
      String name = device == null ? emulated : device;
      return new Site(engine, options, name, own + "/", own);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String emulatedFolder(String device) {
    return device.substring("emu:".length()).split("\\?", 2)[0];
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
      case RocksTarget.NAME -> new RocksTarget(folder(engineName), options);
      case MapTarget.NAME -> new MapTarget();
      default -> provider(engineName).open(folder(engineName), options);
    };
  }

  private static TargetProvider provider(String engineName) {
    return ServiceLoader.load(TargetProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.name().equals(engineName))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no engine is called "
                    + engineName
                    + ": zapkv, rocksdb or map; in a clone also lmdb and mvstore"));
  }

  private Path folder(String engineName) {
    return Path.of(folderPrefix + engineName);
  }

  /// Empties an engine's store. Requires: it is closed, and what it holds is this run's.
  public void erase(String engineName) {
    switch (engineName) {
      case ZapTarget.NAME -> eraseDevice();
      case MapTarget.NAME -> {}
      default -> delete(folder(engineName));
    }
  }

  private void eraseDevice() {
    if (isTemporary()) {
      delete(Path.of(emulatedFolder(device)));
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
