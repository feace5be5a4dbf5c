package io.zapkv.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.bench.target.MapTarget;
import io.zapkv.bench.target.Target;
import io.zapkv.fake.MapStore;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
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
                        : method.invoke(new MapTarget(map), arguments));
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
