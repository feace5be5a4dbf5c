package io.zapkv.zns.zonefs;

import io.zapkv.ring.RingFile;
import io.zapkv.ring.SystemCallException;

/// The file calls of one mounted zonefs. Tests have one in memory, with the same rules.
///
/// A file's number is its zone's number here; on the device the zones are numbered otherwise,
/// because the first ones hold the superblock and the conventional zones (zns-facts Z6).
///
/// **Threading.** Any thread.
interface ZonefsMount extends AutoCloseable {
  /// What the system says of the mount.
  MountFacts facts();

  /// Takes the lock that keeps other processes, and other devices of this one, away.
  ///
  /// @return false where another holds it
  boolean tryLock(boolean exclusive) throws SystemCallException;

  /// Who holds the lock, as far as is known.
  String lockHolder();

  /// Opens the file of a zone by direct I/O. Opened for writing it takes a slot (Z5).
  RingFile open(int zone, boolean forWriting) throws SystemCallException;

  /// What the file says of its zone now.
  ZoneFileStatus status(int zone) throws SystemCallException;

  /// Sets the length of a zone's file: to zero is a reset, to its capacity a finish (Z3). Takes no
  /// slot.
  ///
  /// @return zero or a negated errno
  int truncate(int zone, long lengthBytes);

  /// Gives the lock back. Idempotent.
  @Override
  void close();
}
