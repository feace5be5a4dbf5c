package io.zapkv.zns.emulated;

import io.zapkv.zns.DeviceFormatException;
import io.zapkv.zns.DeviceLockedException;
import io.zapkv.zns.Geometry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The memory of devices named `mem:?name=x`, kept in this JVM while no device uses it.
///
/// **Threading.** Any thread.
public final class KeptMemory {
  /// The one of this process: a name means the same everywhere in it, as a path does.
  public static final KeptMemory OF_THIS_PROCESS = new KeptMemory();

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, MemoryContents> byName = new HashMap<>();
  private final Set<MemoryContents> inUse = new HashSet<>();

  private KeptMemory() {}

  /// Whether there is memory under this name.
  public boolean has(String name) {
    lock.lock();
    try {
      return byName.containsKey(name);
    } finally {
      lock.unlock();
    }
  }

  /// Frees the memory under this name, if there is any and no device uses it.
  ///
  /// @return whether it was freed
  public boolean forget(String name) {
    lock.lock();
    try {
      MemoryContents contents = byName.get(name);
      if (contents == null || inUse.contains(contents)) {
        return false;
      }
      byName.remove(name);
      contents.close();
      return true;
    } finally {
      lock.unlock();
    }
  }

  MemoryContents take(String name, GeometryChoice choice, boolean make) {
    lock.lock();
    try {
      MemoryContents contents = byName.get(name);
      if (contents == null) {
        if (!make) {
          throw new DeviceFormatException(
              "mem:?name=" + name,
              "there is no such memory in this process",
              "open it for writing");
        }
        contents = new MemoryContents(choice.choose(null));
        byName.put(name, contents);
      } else if (inUse.contains(contents)) {
        throw new DeviceLockedException("mem:?name=" + name, "this process");
      } else {
        checkSame(choice, contents.geometry());
      }
      inUse.add(contents);
      return contents;
    } finally {
      lock.unlock();
    }
  }

  private static void checkSame(GeometryChoice choice, @Nullable Geometry stored) {
    Geometry chosen = choice.choose(stored);
    assert chosen.equals(stored);
  }

  void giveBack(MemoryContents contents) {
    lock.lock();
    try {
      inUse.remove(contents);
    } finally {
      lock.unlock();
    }
  }
}
