package io.zapkv.engine.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.zapkv.api.Cursor;
import io.zapkv.api.Durability;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.api.UnsupportedException;
import io.zapkv.api.ZapStore;
import io.zapkv.api.ZoneView;
import io.zapkv.engine.base.SystemEnv;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Devices of any shape, filled until nothing more goes in (F23): the store reads, deletes, closes,
/// is killed, reopens, gets back to empty, and takes writes again.
///
/// `-Dzap.rounds=N` runs so many of each, after those that failed once, and without it none: how
/// lanes and callers meet still decides one round in some hundred. With `-Dzap.seed=N` beside it,
/// that one.
class FullDeviceRoundsTest {
  private static final int ROUNDS = Integer.getInteger("zap.rounds", 0);
  private static final int SECONDS = Integer.getInteger("zap.watch", 120);
  private static final int FILLS = 2;

  @Test
  void aFullStoreGetsBackToEmptyAndTakesWritesAgain() {
    forEachSeed(true, 40_000, 40_011, 40_018, 40_029);
  }

  @Test
  void aStoreThatIsKilledWhileFullOpensWithAllItHadAndGetsBackToEmpty() {
    forEachSeed(false, 50_000, 50_030, 50_054, 50_082);
  }

  private static void forEachSeed(boolean staysAlive, long first, long... failedOnce) {
    assumeThat(ROUNDS).as("-Dzap.rounds").isPositive();
    Long one = Long.getLong("zap.seed");
    if (one != null) {
      play(one, staysAlive);
      return;
    }
    for (long seed : failedOnce) {
      play(seed, staysAlive);
    }
    for (int i = 0; i < ROUNDS; i++) {
      play(first + i, staysAlive);
    }
  }

  static void play(long seed, boolean staysAlive) {
    SplittableRandom random = new SplittableRandom(seed);
    Shape shape = Shape.draw(random);
    List<String> diary = new ArrayList<>();
    String device = "mem:?name=full-" + seed;
    Round round = new Round(device, shape, random, diary);
    try {
      Watchdog.within(SECONDS, staysAlive ? round::fillAndEmpty : round::fillAndKill);
    } catch (Throwable e) {
      throw new AssertionError(
          "replay with -Dtest=FullDeviceRoundsTest -Dzap.seed="
              + seed
              + "\n"
              + shape
              + "\n"
              + diary,
          e);
    } finally {
      ZonedDevices.forget(device);
    }
  }

  private static final class Round {
    private final String device;
    private final Shape shape;
    private final SplittableRandom random;
    private final List<String> diary;
    private final TreeMap<String, byte[]> model = new TreeMap<>();
    private int generation;

    Round(String device, Shape shape, SplittableRandom random, List<String> diary) {
      this.device = device;
      this.shape = shape;
      this.random = random;
      this.diary = diary;
    }

    private ZonedDevice device() {
      return ZonedDevices.open(device + "-" + generation + "&" + shape.parameters());
    }

    private Engine open(ZonedDevice opened) {
      return Engine.open(opened, shape.options(), new SystemEnv());
    }

    void fillAndEmpty() {
      for (int fill = 0; fill < FILLS; fill++) {
        try (ZapStore store = open(device())) {
          fill(store);
          verify(store);
          if (random.nextBoolean()) {
            empty(store);
          }
        } catch (UnsupportedException e) {
          assertThat(fill).as(e.getMessage()).isZero();
          return;
        }
        try (ZapStore store = open(device())) {
          verify(store);
          empty(store);
        }
      }
    }

    void fillAndKill() {
      CrashDevice dying = new CrashDevice(device(), Long.MAX_VALUE);
      try {
        Engine store = open(dying);
        fill(store);
        verify(store);
        if (random.nextBoolean()) {
          deleteSome(store);
        }
        for (int kill = 0; kill < 3; kill++) {
          dying.die();
          diary.add("killed");
          CrashImage image = CrashImage.ofKill(dying);
          store.close();
          dying.closeForGood();
          ZonedDevices.forget(device + "-" + generation);
          generation++;
          dying =
              new CrashDevice(
                  image.restore(device + "-" + generation + "&" + shape.parameters()),
                  Long.MAX_VALUE);
          store = open(dying);
          verify(store);
        }
        empty(store);
        store.close();
      } catch (UnsupportedException e) {
        assertThat(model).as(e.getMessage()).isEmpty();
      } finally {
        dying.closeForGood();
        ZonedDevices.forget(device + "-" + generation);
      }
    }

    private void fill(ZapStore store) {
      int valueBytes = 1 + random.nextInt(Math.min(2500, shape.entryBytesMax() / 2 - 20));
      int keys = 1 + (int) (random.nextDouble(0.05, 3) * shape.deviceBytes() / (valueBytes + 60));
      boolean ordered = random.nextBoolean();
      boolean durable = random.nextInt(3) == 0;
      long limit = 3 * shape.deviceBytes();
      int refused = 0;
      long bytes = 0;
      long end = System.nanoTime() + 1_500_000_000L;
      for (int i = 0; bytes < limit && refused < 3 && System.nanoTime() < end; i++) {
        String key = "key%08d".formatted(ordered ? i % keys : random.nextInt(keys));
        byte[] value = new byte[1 + random.nextInt(2 * valueBytes)];
        random.nextBytes(value);
        boolean isDurable = durable && random.nextInt(20) == 0;
        try {
          store.put(bytes(key), value, isDurable ? Durability.DURABLE : Durability.BUFFERED);
          model.put(key, value);
          bytes += key.length() + value.length;
        } catch (OutOfSpaceException e) {
          assertThat(e.advice()).contains("delete");
          refused++;
          byte[] now = store.get(bytes(key));
          if (now != null) {
            model.put(key, now); // in memory, though not where it was wanted
          }
        }
      }
      diary.add(
          "filled with %d bytes, %d keys of %d, ordered %b, durable %b, refused %d, %d zones empty"
              .formatted(
                  bytes,
                  model.size(),
                  keys,
                  ordered,
                  durable,
                  refused,
                  ((Engine) store).zones().count(ZoneView.Use.FREE)));
    }

    private void delete(ZapStore store, String key) {
      try {
        store.delete(bytes(key));
      } catch (OutOfSpaceException e) {
        diary.add("delete refused, " + model.size() + " keys left" + standing(store));
        throw e;
      }
    }

    private void compact(ZapStore store) {
      try {
        store.compact();
      } catch (OutOfSpaceException e) {
        diary.add("compaction refused" + standing(store));
        throw e;
      }
    }

    private static String standing(ZapStore store) {
      StringBuilder text = new StringBuilder("\n").append(store.stats().levels()).append('\n');
      for (ZoneView zone : store.zones().zones()) {
        text.append(
            "%d %s %s written %d live %d of %d: %s%n"
                .formatted(
                    zone.zone(),
                    zone.state(),
                    zone.use(),
                    zone.writtenBytes(),
                    zone.dataBytes(),
                    zone.capacityBytes(),
                    zone.tables()));
      }
      return text.toString();
    }

    private void deleteSome(ZapStore store) {
      for (String key : List.copyOf(model.keySet())) {
        if (random.nextInt(3) > 0) {
          delete(store, key);
          model.remove(key);
        }
      }
      diary.add("deleted some");
    }

    private void verify(ZapStore store) {
      try (Cursor cursor = store.cursor()) {
        cursor.first();
        for (Map.Entry<String, byte[]> each : model.entrySet()) {
          assertThat(cursor.isValid()).isTrue();
          assertThat(new String(cursor.key(), StandardCharsets.UTF_8)).isEqualTo(each.getKey());
          assertThat(cursor.value()).isEqualTo(each.getValue());
          cursor.next();
        }
        assertThat(cursor.isValid()).isFalse();
      }
    }

    private void empty(ZapStore store) {
      List<String> keys = new ArrayList<>(model.keySet());
      for (String key : keys) {
        delete(store, key);
        model.remove(key);
      }
      diary.add("deleted all");
      compact(store);
      verify(store);
      assertThat(store.stats().space().liveBytes()).as("blocks in tables").isZero();
      assertThat(store.zones().count(ZoneView.Use.TABLE)).as("zones of tables").isZero();
      diary.add("empty");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
