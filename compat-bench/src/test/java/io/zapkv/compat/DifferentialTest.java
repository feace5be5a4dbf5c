package io.zapkv.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.api.Cursor;
import io.zapkv.api.ZapStore;
import io.zapkv.bench.target.MapTarget;
import io.zapkv.bench.target.Target;
import io.zapkv.bench.target.ZapTarget;
import io.zapkv.fake.MapStore;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The stores that are believed must agree with each other, and a store that is wrong must be
/// caught.
class DifferentialTest {
  @TempDir private Path folder;

  @Test
  void rocksDbAndTheMapAnswerAlike() {
    for (long seed = 0; seed < 40; seed++) {
      List<Op> ops = new OpGenerator(seed).ops(300);
      var runner =
          new DifferentialRunner(
              List.of(Stores.map(), Stores.fake(), Stores.rocks(folder.resolve("seed" + seed))));
      assertThat(runner.run(ops)).as("seed %d", seed).isNull();
    }
  }

  @Test
  void scriptsCallEveryMethodOfAStoreAndOfItsCursors() {
    Set<String> called = new TreeSet<>();
    for (long seed = 0; seed < 40; seed++) {
      ConcurrentSkipListMap<byte[], byte[]> map = MapStore.emptyMap();
      Supplier<Target> store =
          () -> new ZapTarget(listened(ZapStore.class, new MapStore(map), called), Stores.OPTIONS);
      assertThat(new DifferentialRunner(List.of(store)).run(new OpGenerator(seed).ops(300)))
          .isNull();
    }
    Set<String> wanted = new TreeSet<>();
    Stream.of(ZapStore.class, Cursor.class)
        .flatMap(type -> Arrays.stream(type.getMethods()))
        .forEach(method -> wanted.add(signature(method)));
    // Figures, which no two stores share.
    assertThat(wanted.removeIf(name -> name.matches("ZapStore.(stats|zones).*"))).isTrue();
    assertThat(called).containsAll(wanted);
  }

  /// Notes the methods that are called, of the cursors it gives out, too.
  private static <T> T listened(Class<T> type, T object, Set<String> called) {
    return type.cast(
        Proxy.newProxyInstance(
            DifferentialTest.class.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              called.add(signature(method));
              Object answer = method.invoke(object, arguments);
              return answer instanceof Cursor cursor
                  ? listened(Cursor.class, cursor, called)
                  : answer;
            }));
  }

  private static String signature(Method method) {
    return method.getDeclaringClass().getSimpleName()
        + "."
        + method.getName()
        + Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName).toList();
  }

  @Test
  void aStoreThatForgetsADeleteIsCaughtAndTheScriptShrinksToTheReason() {
    List<Op> ops = new OpGenerator(3).ops(300);
    List<Op> small =
        Shrinker.shrink(
            ops,
            script ->
                new DifferentialRunner(List.of(Stores.map(), forgetful())).run(script) != null,
            2000);
    assertThat(small).hasSize(2);
    assertThat(OpScript.print(small)).contains("put").contains("delete");
  }

  @Test
  void aStoreThatThrowsHasAnswered() {
    Supplier<Target> broken =
        () -> {
          Target map = new MapTarget();
          return intercepting(
              map,
              (method, _) -> {
                if (method.equals("flush")) {
                  throw new IllegalStateException("broken");
                }
              });
        };
    var divergence =
        new DifferentialRunner(List.of(Stores.map(), broken)).run(List.of(new Op.Flush()));
    assertThat(divergence).isNotNull();
    assertThat(divergence.step()).isZero();
    assertThat(divergence.got()).contains("broken");
  }

  /// A map that ignores every delete outside a batch.
  private static Supplier<Target> forgetful() {
    ConcurrentSkipListMap<byte[], byte[]> map = MapStore.emptyMap();
    return () ->
        (Target)
            Proxy.newProxyInstance(
                DifferentialTest.class.getClassLoader(),
                new Class<?>[] {Target.class},
                (_, method, arguments) ->
                    method.getName().equals("delete")
                        ? null
                        : method.invoke(Stores.still(new MapTarget(map)), arguments));
  }

  private interface Intercept {
    void before(String method, Object[] arguments);
  }

  private static Target intercepting(Target target, Intercept intercept) {
    return (Target)
        Proxy.newProxyInstance(
            DifferentialTest.class.getClassLoader(),
            new Class<?>[] {Target.class},
            (_, method, arguments) -> {
              intercept.before(method.getName(), arguments);
              return method.invoke(target, arguments);
            });
  }
}
