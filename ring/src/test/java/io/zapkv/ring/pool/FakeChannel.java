package io.zapkv.ring.pool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/// A file channel in memory that moves a few bytes at a time, or throws.
final class FakeChannel extends FileChannel {
  final byte[] bytes;
  int bytesPerCall = Integer.MAX_VALUE;
  private final Throwable trouble;

  FakeChannel(int size) {
    bytes = new byte[size];
    trouble = null;
  }

  FakeChannel(Throwable trouble) {
    bytes = new byte[0];
    this.trouble = trouble;
  }

  ChannelFile file() {
    return new ChannelFile(this);
  }

  private void maybeFail() throws IOException {
    switch (trouble) {
      case null -> {}
      case Error e -> throw e;
      case IOException e -> throw e;
      default -> throw new AssertionError(trouble);
    }
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    maybeFail();
    if (position >= bytes.length) {
      return -1;
    }
    int length =
        Math.min(Math.min(target.remaining(), bytesPerCall), bytes.length - (int) position);
    target.put(bytes, (int) position, length);
    return length;
  }

  @Override
  public int write(ByteBuffer source, long position) throws IOException {
    maybeFail();
    int length =
        Math.min(Math.min(source.remaining(), bytesPerCall), bytes.length - (int) position);
    source.get(bytes, (int) position, length);
    return length;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    maybeFail();
  }

  @Override
  protected void implCloseChannel() throws IOException {
    maybeFail();
  }

  @Override
  public int read(ByteBuffer target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(ByteBuffer source) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long position() {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileChannel position(long newPosition) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public FileChannel truncate(long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }
}
