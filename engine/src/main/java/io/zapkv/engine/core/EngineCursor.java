package io.zapkv.engine.core;

import io.zapkv.api.Cursor;
import io.zapkv.engine.read.VisibleCursor;
import io.zapkv.engine.write.Health;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// The cursor a caller holds: a [VisibleCursor] that knows when the store is closed.
///
/// **Memory.** Holds a super-version until it is closed. After the store was closed, the memory it
/// stands on is gone; the JVM then refuses the access, which shows as a closed store.
final class EngineCursor implements Cursor {
  private static final byte[] NO_KEY = {};

  private final VisibleCursor entries;
  private final Health health;
  private final Runnable release;
  private boolean isOpen = true;

  /// @param release gives back what the cursor holds; run once
  EngineCursor(VisibleCursor entries, Health health, Runnable release) {
    this.entries = entries;
    this.health = health;
    this.release = release;
  }

  @Override
  public void seek(byte[] key) {
    move(Step.SEEK, Objects.requireNonNull(key));
  }

  @Override
  public void seekForPrev(byte[] key) {
    move(Step.SEEK_FOR_PREV, Objects.requireNonNull(key));
  }

  @Override
  public void first() {
    move(Step.FIRST, NO_KEY);
  }

  @Override
  public void last() {
    move(Step.LAST, NO_KEY);
  }

  @Override
  public void next() {
    requireValid();
    move(Step.NEXT, NO_KEY);
  }

  @Override
  public void prev() {
    requireValid();
    move(Step.PREV, NO_KEY);
  }

  @Override
  public boolean isValid() {
    requireOpen();
    return entries.isValid();
  }

  @Override
  public byte[] key() {
    requireValid();
    byte[] copy = new byte[entries.keyLength()];
    copy(entries.keySegment(), entries.keyOffset(), MemorySegment.ofArray(copy), copy.length);
    return copy;
  }

  @Override
  public byte[] value() {
    requireValid();
    byte[] copy = new byte[entries.valueLength()];
    copy(entries.valueSegment(), entries.valueOffset(), MemorySegment.ofArray(copy), copy.length);
    return copy;
  }

  @Override
  public int key(MemorySegment target) {
    requireValid();
    int length = entries.keyLength();
    copy(entries.keySegment(), entries.keyOffset(), target, Math.min(length, target.byteSize()));
    return length;
  }

  @Override
  public int value(MemorySegment target) {
    requireValid();
    int length = entries.valueLength();
    copy(
        entries.valueSegment(), entries.valueOffset(), target, Math.min(length, target.byteSize()));
    return length;
  }

  @Override
  public void close() {
    if (isOpen) {
      isOpen = false;
      entries.close();
      release.run();
    }
  }

  private enum Step {
    SEEK,
    SEEK_FOR_PREV,
    FIRST,
    LAST,
    NEXT,
    PREV
  }

  private void move(Step step, byte[] key) {
    requireOpen();
    try {
      switch (step) {
        case SEEK -> entries.seek(key);
        case SEEK_FOR_PREV -> entries.seekForPrev(key);
        case FIRST -> entries.first();
        case LAST -> entries.last();
        case NEXT -> entries.next();
        case PREV -> entries.prev();
      }
    } catch (IllegalStateException memoryGone) {
      health.checkOpen(); // the store was closed under this step
      throw memoryGone;
    }
  }

  private void copy(MemorySegment from, long offset, MemorySegment target, long length) {
    try {
      MemorySegment.copy(from, offset, target, 0, length);
    } catch (IllegalStateException memoryGone) {
      health.checkOpen();
      throw memoryGone;
    }
  }

  private void requireOpen() {
    health.checkOpen();
    if (!isOpen) {
      throw new IllegalStateException("the cursor is closed");
    }
  }

  private void requireValid() {
    requireOpen();
    if (!entries.isValid()) {
      throw new IllegalStateException("the cursor stands on no entry");
    }
  }
}
