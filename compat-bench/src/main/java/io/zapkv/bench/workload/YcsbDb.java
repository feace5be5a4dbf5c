package io.zapkv.bench.workload;

import io.zapkv.api.Durability;
import io.zapkv.api.KeyRange;
import io.zapkv.bench.target.Scratch;
import io.zapkv.bench.target.Target;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.Vector;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import site.ycsb.ByteIterator;
import site.ycsb.DB;
import site.ycsb.Status;

/// A store as YCSB sees a database: a table of records with one field.
///
/// It times the store alone, without what YCSB does to choose a key. It takes from YCSB how long a
/// value is and from a [ValueSource] what is in it, because making a value byte by byte would take
/// longer than storing it; and it reads values without handing them to YCSB, which throws them
/// away.
///
/// **Threading.** One thread.
final class YcsbDb extends DB {
  private final Target target;
  private final Recorder recorder;
  private final ValueSource values;
  private final AtomicLong inserted;
  private final Scratch scratch = new Scratch();

  /// @param inserted counts inserts, of all threads together
  YcsbDb(Target target, Recorder recorder, ValueSource values, AtomicLong inserted) {
    this.target = target;
    this.recorder = recorder;
    this.values = values;
    this.inserted = inserted;
  }

  @Override
  public Status read(
      String table,
      String key,
      @Nullable Set<String> fields,
      @Nullable Map<String, ByteIterator> result) {
    byte[] bytes = bytes(key);
    recorder.begin();
    byte[] value = target.get(bytes);
    recorder.end();
    if (value == null) {
      recorder.missed();
      return Status.NOT_FOUND;
    }
    return Status.OK;
  }

  @Override
  @SuppressWarnings("NonApiType") // YCSB's signature
  public Status scan(
      String table,
      String startKey,
      int count,
      @Nullable Set<String> fields,
      Vector<HashMap<String, ByteIterator>> result) {
    byte[] bytes = bytes(startKey);
    recorder.begin();
    try (Target.Walk walk = target.walk(KeyRange.all(), null)) {
      int left = count;
      for (walk.seek(bytes); left > 0 && walk.isValid(); left--) {
        walk.copy(scratch);
        walk.next();
      }
    }
    recorder.end();
    return Status.OK;
  }

  @Override
  public Status update(String table, String key, Map<String, ByteIterator> fields) {
    put(key);
    return Status.OK;
  }

  @Override
  public Status insert(String table, String key, Map<String, ByteIterator> fields) {
    put(key);
    inserted.incrementAndGet();
    return Status.OK;
  }

  @Override
  public Status delete(String table, String key) {
    target.delete(bytes(key));
    return Status.OK;
  }

  private void put(String key) {
    byte[] bytes = bytes(key);
    byte[] value = values.next();
    recorder.begin();
    target.put(bytes, value, Durability.BUFFERED);
    recorder.end();
    recorder.wrote(bytes.length + value.length);
  }

  private static byte[] bytes(String key) {
    return key.getBytes(StandardCharsets.ISO_8859_1);
  }
}
