package io.zapkv.engine.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zapkv.api.Compression;
import io.zapkv.api.Cursor;
import io.zapkv.api.DeviceException;
import io.zapkv.api.Durability;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.WriteBatch;
import io.zapkv.api.ZapException;
import io.zapkv.api.ZapStore;
import io.zapkv.api.ZoneView;
import io.zapkv.engine.base.SystemEnv;
import io.zapkv.engine.inspect.Inspect;
import io.zapkv.zns.ZonedDevices;
import io.zapkv.zns.check.CheckedDevice;
import io.zapkv.zns.fault.FaultyDevice;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One line of `faults.txt`, played: steps on a device that fails by rule, then what is left of it.
final class FaultRun {
  private static final AtomicInteger RUNS = new AtomicInteger();
  private static final String PARAMETERS = "zones=40&capacity=256KiB&append=32KiB&open=6&active=6";
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults()
          .withMemtableBytes(1 << 20)
          .withMemoryBudgetBytes(12 << 20)
          .withCompression(Compression.NONE);
  private static final int KEYS = 250;
  private static final String ABSENT = "";

  private final String name = "mem:?name=fault-" + RUNS.incrementAndGet();
  private final String rule;
  private final List<String> steps;
  private final String answer;
  private final SplittableRandom random = new SplittableRandom(17);

  /// What each key may hold: the last that was acknowledged, and what failed since.
  private final TreeMap<String, Set<String>> allowed = new TreeMap<>();

  private final List<ZapException> failures = new ArrayList<>();
  private final List<ZapException> unreadable = new ArrayList<>();
  private FaultyDevice device;
  private @Nullable ZapStore store;
  private boolean inForce;
  private long firedBefore;
  private int number;

  FaultRun(String rule, List<String> steps, String answer) {
    this.rule = rule;
    this.steps = steps;
    this.answer = answer;
    this.device = newDevice();
  }

  /// How often the rule has struck.
  long fired() {
    return firedBefore;
  }

  private FaultyDevice newDevice() {
    // The checker sees what the device answers, the engine what the rules make of it.
    return new FaultyDevice(
        new CheckedDevice(ZonedDevices.open(name + "&" + PARAMETERS)), inForce ? rule : "");
  }

  void play() {
    try {
      store = Engine.open(device, OPTIONS, new SystemEnv());
      for (int i = 0; i < steps.size() && store != null; i++) {
        step(steps.get(i).split(" "));
      }
      judge();
      firedBefore += device.fired();
      if (store != null) {
        refusesForGood();
        store.close();
      }
      theRestIsSound();
    } finally {
      ZonedDevices.forget(name);
    }
  }

  private void step(String[] words) {
    int count = words.length > 1 ? Integer.parseInt(words[1]) : 1;
    switch (words[0]) {
      case "fault" -> fault();
      case "put" -> times(count, () -> put(Durability.BUFFERED));
      case "durable" -> times(count, () -> put(Durability.DURABLE));
      case "delete" -> times(count, this::delete);
      case "batch" -> times(count, this::batch);
      case "flush" -> attempt(open()::flush);
      case "compact" -> attempt(open()::compact);
      case "read" -> readAll(open());
      case "walk" -> walk(open());
      case "reopen" -> reopen();
      default -> throw new IllegalArgumentException(words[0]);
    }
  }

  private ZapStore open() {
    if (store == null) {
      throw new AssertionError("closed");
    }
    return store;
  }

  private static void times(int count, Runnable what) {
    for (int i = 0; i < count; i++) {
      what.run();
    }
  }

  private void fault() {
    inForce = true;
    device.add(
        rule.replace("zone=TABLE", "zone=" + zone(ZoneView.Use.SHARED))
            .replace("zone=LOG", "zone=" + zone(ZoneView.Use.LOG)));
  }

  private int zone(ZoneView.Use use) {
    return open().zones().zones().stream()
        .filter(zone -> zone.use() == use)
        .mapToInt(ZoneView::zone)
        .findFirst()
        .orElse(-7);
  }

  private void reopen() {
    open().close();
    firedBefore += device.fired();
    device = newDevice();
    try {
      store = Engine.open(device, OPTIONS, new SystemEnv());
    } catch (ZapException e) {
      store = null;
      failures.add(e);
    }
  }

  private boolean attempt(Runnable what) {
    try {
      what.run();
      return true;
    } catch (ZapException e) {
      failures.add(e);
      return false;
    }
  }

  private void put(Durability durability) {
    String key = key();
    String value = "%06d %s".formatted(number++, "v".repeat(random.nextInt(800)));
    note(List.of(key), value, attempt(() -> open().put(bytes(key), bytes(value), durability)));
  }

  private void delete() {
    String key = key();
    note(List.of(key), ABSENT, attempt(() -> open().delete(bytes(key))));
  }

  private void batch() {
    WriteBatch batch = new WriteBatch();
    String value = "%06d batch".formatted(number++);
    List<String> keys = List.of(key(), key(), key());
    keys.forEach(key -> batch.put(bytes(key), bytes(value)));
    note(keys, value, attempt(() -> open().write(batch)));
  }

  private String key() {
    return "key%04d".formatted(random.nextInt(KEYS));
  }

  private void note(List<String> keys, String value, boolean acknowledged) {
    for (String key : keys) {
      Set<String> known = allowed.computeIfAbsent(key, _ -> new HashSet<>(Set.of(ABSENT)));
      if (acknowledged) {
        known.clear();
      }
      known.add(value);
    }
  }

  private Set<String> allowed(String key) {
    return allowed.getOrDefault(key, Set.of(ABSENT));
  }

  private void readAll(ZapStore from) {
    for (int i = 0; i < KEYS; i++) {
      String key = "key%04d".formatted(i);
      try {
        byte[] value = from.get(bytes(key));
        assertThat(allowed(key)).as(key).contains(value == null ? ABSENT : text(value));
      } catch (ZapException e) {
        unreadable.add(e);
      }
    }
  }

  private void walk(ZapStore from) {
    TreeMap<String, String> found = new TreeMap<>();
    try (Cursor cursor = from.cursor()) {
      for (cursor.first(); cursor.isValid(); cursor.next()) {
        found.put(text(cursor.key()), text(cursor.value()));
      }
      allowed.forEach(
          (key, values) -> assertThat(values).as(key).contains(found.getOrDefault(key, ABSENT)));
      assertThat(allowed.keySet()).containsAll(found.keySet());
    } catch (ZapException e) {
      unreadable.add(e);
    }
  }

  private void judge() {
    String[] words = answer.split(" ", 2);
    switch (words[0]) {
      case "absorbed" -> {
        assertThat(failures).isEmpty();
        assertThat(unreadable).isEmpty();
      }
      case "refused" -> {
        assertThat(failures).isNotEmpty();
        assertThat(saying(failures.getFirst())).containsAnyOf(words[1].split(" / "));
        assertThat(unreadable).isEmpty();
      }
      case "unreadable" -> {
        assertThat(failures).isEmpty();
        assertThat(unreadable).isNotEmpty().allMatch(e -> saying(e).contains(words[1]));
      }
      case "unopened" -> {
        assertThat(store).isNull();
        assertThat(saying(failures.getLast())).contains(words[1]);
      }
      case "typed" -> {} // anything but a ZapException has been thrown through
      default -> throw new IllegalArgumentException(answer);
    }
  }

  /// All that an exception and its causes say, advice included.
  private static String saying(Throwable thrown) {
    StringBuilder text = new StringBuilder();
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      text.append(each).append('\n');
      if (each instanceof ZapException ours) {
        assertThat(ours.advice()).isNotBlank();
        assertThat(ours.where()).isNotBlank();
        text.append(ours.advice()).append('\n');
      }
    }
    return text.toString();
  }

  /// A store that refused a write for a fault refuses all others with that cause, tries no sync
  /// again (F16), and still reads.
  private void refusesForGood() {
    if (!answer.startsWith("refused")) {
      return;
    }
    String[] causes = answer.substring("refused ".length()).split(" / ");
    awaitEndOfLanes(); // one may be in the middle of a piece of work that it began before
    device.clear();
    device.add("sync fail CANCELED");
    long before = device.fired();
    WriteBatch batch = new WriteBatch();
    batch.put(bytes("a"), bytes("1"));
    for (Runnable write :
        List.<Runnable>of(
            () -> open().put(bytes("a"), bytes("1")),
            () -> open().put(bytes("a"), bytes("1"), Durability.DURABLE),
            () -> open().delete(bytes("a")),
            () -> open().write(batch),
            () -> open().flush(),
            () -> open().compact())) {
      assertThatThrownBy(write::run)
          .isInstanceOf(DeviceException.class)
          .satisfies(e -> assertThat(saying(e)).containsAnyOf(causes));
    }
    readAll(open());
    assertThat(unreadable).isEmpty();
    assertThat(device.fired()).as("syncs after the one that failed").isEqualTo(before);
  }

  private static void awaitEndOfLanes() {
    long end = System.nanoTime() + 30_000_000_000L;
    while (Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().startsWith("zapkv-"))) {
      assertThat(System.nanoTime() - end).as("lanes, maybe of a case before, go on").isNegative();
      Thread.onSpinWait();
    }
  }

  /// What the device holds when the faults are gone.
  private void theRestIsSound() {
    inForce = false;
    unreadable.clear();
    assertThat(Inspect.verify(name).problems()).isEmpty();
    try (ZapStore healed = Engine.open(newDevice(), OPTIONS, new SystemEnv())) {
      readAll(healed);
      walk(healed);
      assertThat(unreadable).isEmpty();
      for (String key : allowed.keySet()) {
        healed.delete(bytes(key));
      }
      healed.compact();
      assertThat(healed.stats().space().liveBytes()).isZero();
      assertThat(healed.zones().count(ZoneView.Use.TABLE)).as("zones leaked").isZero();
      assertThat(healed.zones().count(ZoneView.Use.SHARED)).as("zones leaked").isZero();
      healed.put(bytes("again"), bytes("1"), Durability.DURABLE);
      assertThat(healed.get(bytes("again"))).isEqualTo(bytes("1"));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
