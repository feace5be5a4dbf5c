package io.zapkv.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ErrnoTest {
  @Test
  void everyConstantHasItsOwnNumberAndName() throws Exception {
    Set<Integer> numbers = new HashSet<>();
    for (Field constant : Errno.class.getFields()) {
      int errno = constant.getInt(null);
      assertThat(numbers.add(errno)).as(constant.getName()).isTrue();
      assertThat(Errno.name(errno)).isEqualTo(constant.getName());
    }
    assertThat(numbers).hasSizeGreaterThan(10);
    assertThat(Errno.name(99)).isEqualTo("errno 99");
  }

  @Test
  void onlyWhatHadNoEffectMayBeTriedAgain() {
    assertThat(Errno.isTransient(Errno.EAGAIN)).isTrue();
    assertThat(Errno.isTransient(Errno.EINTR)).isTrue();
    assertThat(Errno.isTransient(Errno.EIO)).isFalse();
    assertThat(Errno.isTransient(Errno.ETIMEDOUT)).isFalse();
    assertThat(Errno.isTransient(Errno.ENOSPC)).isFalse();
  }

  @Test
  void theClockOfTheMachineDoesNotGoBack() {
    Clock clock = Clock.system();
    long before = clock.nanos();
    assertThat(clock.nanos() - before).isNotNegative();
  }
}
