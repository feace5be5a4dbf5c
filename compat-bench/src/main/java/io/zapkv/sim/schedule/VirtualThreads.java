package io.zapkv.sim.schedule;

import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Makes virtual threads whose every piece runs where an executor of ours says.
///
/// The JDK has this for its own tests only, so it is reached by reflection, and the JVM must be
/// told `--add-opens java.base/java.lang=ALL-UNNAMED`.
final class VirtualThreads {
  private static final String OPTION = "--add-opens java.base/java.lang=ALL-UNNAMED";
  private static final @Nullable Constructor<?> BUILDER = find();

  private VirtualThreads() {}

  private static @Nullable Constructor<?> find() {
    try {
      Class<?> type = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder");
      Constructor<?> found = type.getDeclaredConstructor(Executor.class);
      found.setAccessible(true);
      return found;
    } catch (ReflectiveOperationException | InaccessibleObjectException _) {
      return null;
    }
  }

  /// A thread that has not started yet.
  ///
  /// @throws IllegalStateException naming the option that is missing
  static Thread unstarted(Executor executor, String name, Runnable body) {
    if (BUILDER == null) {
      throw new IllegalStateException("the simulator needs the JVM option " + OPTION);
    }
    try {
      return ((Thread.Builder.OfVirtual) BUILDER.newInstance(executor)).name(name).unstarted(body);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JDK makes virtual threads otherwise", e);
    }
  }
}
