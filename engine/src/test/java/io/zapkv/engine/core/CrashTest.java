package io.zapkv.engine.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.zapkv.api.Cursor;
import io.zapkv.api.Durability;
import io.zapkv.api.OutOfSpaceException;
import io.zapkv.api.UnsupportedException;
import io.zapkv.api.WriteBatch;
import io.zapkv.api.ZapException;
import io.zapkv.api.ZapStore;
import io.zapkv.engine.base.Env;
import io.zapkv.engine.base.SystemEnv;
import io.zapkv.ring.Clock;
import io.zapkv.zns.ZonedDevice;
import io.zapkv.zns.ZonedDevices;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Kills and power cuts at random operations of the device, again and again on one store: what was
/// acknowledged is there, as a prefix of what was written, and nothing comes back that was gone.
///
/// `-Dzap.seed=N` runs that one; `-Dzap.crashes=N` runs so many.
class CrashTest {
  private static final int LIVES = Integer.getInteger("zap.lives", 12);

  @Test
  void noCrashLosesWhatWasAcknowledged() {
    int runs = Integer.getInteger("zap.crashes", 60);
    for (int run = 0; run < runs; run++) {
      long seed = Long.getLong("zap.seed", 9000L + run);
      SplittableRandom random = new SplittableRandom(seed);
      Shape shape = Shape.draw(random);
      List<String> diary = new ArrayList<>();
      try {
        Watchdog.within(
            Integer.getInteger("zap.watch", 120), () -> new Run(seed, shape, random, diary).play());
      } catch (Throwable e) {
        throw new AssertionError(
            "replay with -Dtest=CrashTest -Dzap.seed=" + seed + "\n" + shape + "\n" + diary, e);
      }
    }
  }

  /// One write: what its keys hold afterwards, null where it deletes.
  private record Write(Map<String, byte[]> changes) {}

  private static final class Run {
    private final long seed;
    private final Shape shape;
    private final SplittableRandom random;
    private final List<String> diary;
    private final int keys;
    private final int valueBytesMax;

    // The state that was seen last, what was written since, how much of it must survive what.
    private TreeMap<String, byte[]> seen = new TreeMap<>();
    private final List<Write> history = new ArrayList<>();
    private int buffered;
    private int durable;

    private int boot = 1;
    private int number;
    private Map<String, byte[]> olderStaging = Map.of();

    Run(long seed, Shape shape, SplittableRandom random, List<String> diary) {
      this.seed = seed;
      this.shape = shape;
      this.random = random;
      this.diary = diary;
      this.keys = 10 + random.nextInt(300);
      this.valueBytesMax =
          (int) Math.clamp(shape.deviceBytes() / 8 / keys, 1, 1 + random.nextInt(4000));
    }

    private String device(int life) {
      return "mem:?name=crash-" + seed + "-" + life;
    }

    void play() {
      CrashImage image = null;
      for (int life = 0; life < LIVES; life++) {
        String name = device(life) + "&" + shape.parameters();
        ZonedDevice inner = image == null ? ZonedDevices.open(name) : image.restore(name);
        long diesAt = random.nextInt(4) == 0 ? 1 + random.nextInt(40) : 1 + random.nextInt(1200);
        CrashDevice device = new CrashDevice(inner, life == LIVES - 1 ? Long.MAX_VALUE : diesAt);
        boolean kill = random.nextBoolean();
        try {
          image = live(device, kill, life == LIVES - 1);
        } catch (UnsupportedException e) {
          assertThat(life).as(e.getMessage()).isZero();
          return;
        } finally {
          device.closeForGood();
          ZonedDevices.forget(device(life));
        }
        boot += kill ? 0 : 1;
      }
    }

    private CrashImage live(CrashDevice device, boolean kill, boolean last) {
      diary.add("\nlife, boot " + boot);
      Engine store = null;
      try {
        store = Engine.open(device, shape.options(), new BootEnv("boot " + boot));
      } catch (UnsupportedException e) {
        throw e;
      } catch (ZapException e) {
        diary.add("died while opening: " + e.getMessage());
        assertThat(device.isDead()).as(e.toString()).isTrue();
      }
      if (store != null) {
        verify(store);
        write(store, device, 200 + random.nextInt(4000));
        if (last) {
          verify(store);
          store.close();
          return new CrashImage();
        }
      }
      device.die();
      diary.add(
          (kill ? "kill" : "power cut")
              + " at operation "
              + device.operations()
              + ", written "
              + history.size()
              + ", durable "
              + durable);
      CrashImage image =
          kill ? CrashImage.ofKill(device) : CrashImage.ofPowerCut(device, olderStaging, random);
      if (!kill) {
        buffered = durable;
      }
      if (store != null) {
        store.close();
      }
      return image;
    }

    private void write(ZapStore store, CrashDevice device, int operations) {
      int older = random.nextInt(operations);
      for (int i = 0; i < operations; i++) {
        if (i == older) {
          olderStaging = CrashImage.stagingOf(device);
        }
        if (!step(store, device) || device.isDead()) {
          return;
        }
      }
    }

    /// @return whether the store still works
    private boolean step(ZapStore store, CrashDevice device) {
      int kind = random.nextInt(300);
      if (kind < 2) {
        return survives(device, kind == 0 ? store::flush : store::compact);
      }
      Map<String, byte[]> changes = new TreeMap<>();
      WriteBatch batch = new WriteBatch();
      int count = random.nextInt(4) == 0 ? 1 + random.nextInt(8) : 1;
      for (int i = 0; i < count; i++) {
        String key = "key" + random.nextInt(keys);
        if (random.nextInt(4) == 0) {
          batch.delete(bytes(key));
          changes.put(key, null);
        } else {
          byte[] value = new byte[random.nextInt(valueBytesMax) + 4];
          Arrays.fill(value, (byte) random.nextInt());
          System.arraycopy(bytes("%04x".formatted(number++ & 0xFFFF)), 0, value, 0, 4);
          batch.put(bytes(key), value);
          changes.put(key, value);
        }
      }
      boolean isDurable = random.nextInt(30) == 0;
      Durability durability = isDurable ? Durability.DURABLE : Durability.BUFFERED;
      history.add(new Write(changes));
      try {
        if (count == 1 && random.nextBoolean()) {
          Map.Entry<String, byte[]> only = changes.entrySet().iterator().next();
          if (only.getValue() != null) {
            store.put(bytes(only.getKey()), only.getValue(), durability);
          } else {
            store.write(batch, durability);
          }
        } else {
          store.write(batch, durability);
        }
      } catch (OutOfSpaceException e) {
        if (!isDurable) {
          history.removeLast();
        }
        return true;
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining("at most");
        history.removeLast();
        return true;
      } catch (ZapException e) {
        if (!device.isDead()) {
          throw e;
        }
        return false;
      }
      if (!device.isDead()) {
        buffered = history.size();
        if (isDurable) {
          durable = history.size();
        }
      }
      return true;
    }

    private boolean survives(CrashDevice device, Runnable action) {
      try {
        action.run();
        if (!device.isDead()) {
          durable = history.size(); // a table is durable
        }
      } catch (OutOfSpaceException e) {
        return true;
      } catch (ZapException e) {
        if (!device.isDead()) {
          throw e;
        }
        return false;
      }
      return true;
    }

    /// The store shows a prefix of the history that holds at least what was acknowledged.
    private void verify(ZapStore store) {
      TreeMap<String, byte[]> found = new TreeMap<>();
      try (Cursor cursor = store.cursor()) {
        for (cursor.first(); cursor.isValid(); cursor.next()) {
          found.put(new String(cursor.key(), StandardCharsets.UTF_8), cursor.value());
        }
      }
      for (int key = 0; key < keys; key++) {
        assertThat(store.get(bytes("key" + key))).isEqualTo(found.get("key" + key));
      }
      TreeMap<String, byte[]> state = new TreeMap<>(seen);
      for (int i = 0; i < buffered; i++) {
        apply(state, history.get(i));
      }
      int prefix = buffered;
      while (!same(state, found)) {
        if (prefix == history.size()) {
          fail(difference(found));
        }
        apply(state, history.get(prefix++));
      }
      diary.add("opened with " + prefix + " of " + history.size());
      seen = found;
      history.clear();
      buffered = 0;
      durable = 0;
    }

    private String difference(TreeMap<String, byte[]> found) {
      TreeMap<String, byte[]> state = new TreeMap<>(seen);
      for (int i = 0; i < buffered; i++) {
        apply(state, history.get(i));
      }
      List<String> lines = new ArrayList<>();
      TreeMap<String, byte[]> all = new TreeMap<>(state);
      all.putAll(found);
      for (String key : all.keySet()) {
        if (!Arrays.equals(state.get(key), found.get(key))) {
          lines.add(key + " expected " + text(state.get(key)) + " found " + text(found.get(key)));
        }
      }
      return "no prefix from "
          + buffered
          + " to "
          + history.size()
          + "; beside the first: "
          + lines.size()
          + " "
          + lines.subList(0, Math.min(20, lines.size()));
    }

    private static String text(byte[] value) {
      return value == null
          ? "nothing"
          : new String(value, 0, 4, StandardCharsets.UTF_8) + " of " + value.length;
    }

    private static boolean same(TreeMap<String, byte[]> one, TreeMap<String, byte[]> other) {
      return one.size() == other.size()
          && one.entrySet().stream()
              .allMatch(entry -> Arrays.equals(entry.getValue(), other.get(entry.getKey())));
    }

    private static void apply(TreeMap<String, byte[]> state, Write write) {
      write
          .changes()
          .forEach((key, value) -> {
            if (value == null) {
              state.remove(key);
            } else {
              state.put(key, value);
            }
          });
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// The machine, with a boot id of its own.
  private record BootEnv(String bootId, Env real) implements Env {
    BootEnv(String bootId) {
      this(bootId, new SystemEnv());
    }

    @Override
    public Clock clock() {
      return real.clock();
    }

    @Override
    public RandomGenerator random(String stream) {
      return real.random(stream);
    }

    @Override
    public Task start(String name, Runnable body) {
      return real.start(name, body);
    }

    @Override
    public void pause(long nanos) {
      real.pause(nanos);
    }
  }
}
