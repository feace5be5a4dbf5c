package io.zapkv.zns.emulated;

import io.zapkv.ring.RingFile;
import io.zapkv.zns.Geometry;
import io.zapkv.zns.StagingStore;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What the bytes of an emulated device lie in.
///
/// The files it hands out are what the device's rings work on; what else a file can do than read
/// and write is dressed as the sync of a file, so that it, too, runs where the ring runs things.
///
/// **Threading.** Any thread.
interface ZoneStore extends AutoCloseable {
  Geometry geometry();

  /// One [ZoneWord] for each zone.
  MemorySegment words();

  /// Tells the store who counts changes of the words, before the first of them.
  void attach(EmulatedZones zones);

  /// The bytes of a zone.
  RingFile zone(int zone);

  /// Makes a zone ready to be written, before anything is decided about it; answers zero or a
  /// negated errno. Costs next to nothing where it is.
  int prepare(int zone);

  /// A file whose sync makes all zones durable.
  RingFile allZones();

  /// A file whose sync gives a zone's blocks back, or null where a reset keeps them.
  @Nullable RingFile discard(int zone);

  /// The zone's bytes in memory, or null where the store cannot show them.
  @Nullable MemorySegment mapped(int zone);

  StagingStore staging();

  boolean isReadOnly();

  boolean isVolatile();

  @Override
  void close();
}
