package io.zapkv.zns.emulated;

import io.zapkv.zns.Geometry;
import org.jspecify.annotations.Nullable;

/// Decides the geometry of a device that is being opened.
@FunctionalInterface
public interface GeometryChoice {
  /// The geometry of a new device where there is none stored; otherwise the stored one.
  ///
  /// @throws io.zapkv.zns.GeometryException where what was asked for is impossible or not as stored
  Geometry choose(@Nullable Geometry stored);
}
