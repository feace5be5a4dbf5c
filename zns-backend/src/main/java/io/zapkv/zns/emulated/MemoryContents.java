package io.zapkv.zns.emulated;

import io.zapkv.ring.pool.MemoryFile;
import io.zapkv.zns.Geometry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;

/// The memory of a `mem:` device: zone words, zones, staging. It may outlive the device.
///
/// **Threading.** Any thread.
///
/// **Memory.** A zone takes memory when it is first touched, and keeps it until [#close].
final class MemoryContents implements AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();
  private final Arena arena = Arena.ofShared();
  private final Geometry geometry;
  private final MemorySegment words;
  private final AtomicReferenceArray<MemorySegment> zones;
  private final AtomicReferenceArray<MemoryFile> files;
  private final MemoryStaging staging = new MemoryStaging(arena);

  MemoryContents(Geometry geometry) {
    this.geometry = geometry;
    words = arena.allocate(geometry.zones() * 8L, 8);
    EmulatedZones.initialize(words, geometry.zones());
    zones = new AtomicReferenceArray<>(geometry.zones());
    files = new AtomicReferenceArray<>(geometry.zones());
  }

  Geometry geometry() {
    return geometry;
  }

  MemorySegment words() {
    return words;
  }

  MemorySegment zone(int zone) {
    MemorySegment memory = zones.get(zone);
    return memory != null ? memory : allocate(zone);
  }

  MemoryFile file(int zone) {
    MemoryFile file = files.get(zone);
    if (file == null) {
      allocate(zone);
      file = files.get(zone);
    }
    return file;
  }

  private MemorySegment allocate(int zone) {
    lock.lock();
    try {
      MemorySegment memory = zones.get(zone);
      if (memory == null) {
        memory = arena.allocate(geometry.zoneCapacityBytes(), geometry.blockBytes());
        files.set(zone, new MemoryFile(memory));
        zones.set(zone, memory);
      }
      return memory;
    } finally {
      lock.unlock();
    }
  }

  MemoryStaging staging() {
    return staging;
  }

  @Override
  public void close() {
    arena.close();
  }
}
