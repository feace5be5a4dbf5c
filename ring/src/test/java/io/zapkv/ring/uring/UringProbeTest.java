package io.zapkv.ring.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zapkv.ring.Errno;
import io.zapkv.ring.sys.NativeAccess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UringProbeTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1, io_uring_group",
    "1, 2, as root",
    "1, 0, seccomp",
    "1, '', seccomp",
    "38, '', seccomp",
    "12, 0, ulimit -l",
    "24, 0, ulimit -n",
    "23, 0, fs.file-max",
    "13, 0, security module",
    "22, 0, Linux 5.19",
    "95, 0, Linux 5.19",
    "14, 0, report it",
    "99, 0, ring=pool"
  })
  void everyErrorOfSetupHasItsCure(int errno, String sysctl, String cure) {
    assertThat(UringProbe.setupAdvice(errno, sysctl)).contains(cure);
    assertThat(UringProbe.setupRefused(errno)).hasMessageContaining(Errno.name(errno));
  }

  @Test
  void aRefusedSetupIsASentence() {
    assumeTrue(NativeAccess.isAllowed(), () -> String.valueOf(NativeAccess.refusal()));
    ScriptedCalls calls = new ScriptedCalls();
    calls.setupAnswer = -Errno.ENOSYS;
    assertThat(UringProbe.refusal(calls))
        .isEqualTo(
            "io_uring_setup failed with ENOSYS; the kernel was built without io_uring, or a seccomp"
                + " filter hides it: allow io_uring_setup, io_uring_enter and io_uring_register in"
                + " the profile, or ask for ring=pool");
  }
}
