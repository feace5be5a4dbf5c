package io.zapkv.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ZapExceptionTest {
  /// Programs compare with these: a code is added with a new subclass, and none ever changes.
  private static final Map<Class<?>, String> CODES =
      Map.of(
          ClosedException.class, "closed",
          CorruptionException.class, "corruption",
          DeviceException.class, "io-error",
          LockedException.class, "locked",
          NotAStoreException.class, "not-a-store",
          OutOfSpaceException.class, "out-of-space",
          UnsupportedException.class, "unsupported");

  private static final List<ZapException> FAILURES =
      List.of(
          new ClosedException("mem:"),
          new CorruptionException("mem:", "a", "b"),
          new DeviceException("mem:", "a", "b", "c", null),
          new LockedException("mem:", "somebody", null),
          new NotAStoreException("mem:", "a", "b", null),
          new OutOfSpaceException("mem:", "a", "b"),
          new UnsupportedException("mem:", "a", "b", "c", null));

  @Test
  void everyKindOfFailureHasItsCodeForEver() {
    assertThat(FAILURES.stream().collect(Collectors.toMap(Object::getClass, ZapException::code)))
        .isEqualTo(CODES);
    assertThat(Arrays.asList(ZapException.class.getPermittedSubclasses()))
        .containsExactlyInAnyOrderElementsOf(CODES.keySet());
  }
}
