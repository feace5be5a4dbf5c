package io.zapkv.engine.core;

import io.zapkv.api.DeviceException;
import io.zapkv.api.LockedException;
import io.zapkv.api.NotAStoreException;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.api.UnsupportedException;
import io.zapkv.api.ZapException;
import io.zapkv.zns.DeviceFormatException;
import io.zapkv.zns.DeviceIoException;
import io.zapkv.zns.DeviceLockedException;
import io.zapkv.zns.DeviceRingException;
import io.zapkv.zns.GeometryException;
import io.zapkv.zns.StagingException;
import io.zapkv.zns.ZonedDeviceException;

/// Turns what the device room throws into what a caller of the store sees.
public final class Failures {
  private Failures() {}

  /// The exception for a device that could not be opened because of `e`.
  public static ZapException ofOpening(String device, ZonedDeviceException e) {
    String got = e.what();
    return switch (e) {
      case DeviceLockedException _ -> new LockedException(device, got, e);
      case DeviceFormatException found when found.isOtherVersion() ->
          new UnsupportedException(device, "a device of this version", got, e.advice(), e);
      case DeviceFormatException _ ->
          new NotAStoreException(device, "a zoned device", got, e.advice(), e);
      case GeometryException _ ->
          new UnsupportedException(device, "parameters that fit", got, e.advice(), e);
      case DeviceIoException _ ->
          new DeviceException(device, "a device that opens", got, e.advice(), e);
      case DeviceRingException _ ->
          new UnsupportedException(device, "the ring asked for", got, e.advice(), e);
      case StagingException full when full.isFull() ->
          new OutOfSpaceException(device, "memory for the log", got, e.advice(), e);
      case StagingException _ ->
          new DeviceException(device, "memory for the log", got, e.advice(), e);
    };
  }
}
