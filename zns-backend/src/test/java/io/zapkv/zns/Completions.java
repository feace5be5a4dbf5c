package io.zapkv.zns;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Collects completions by token.
final class Completions implements ZoneHandler {
  record Done(int bytes, long address) {}

  final Map<Long, Done> done = new LinkedHashMap<>();
  final Map<Long, ZoneFailure> failed = new LinkedHashMap<>();
  final List<Long> order = new ArrayList<>();

  @Override
  public void onDone(long token, int bytes, long address) {
    assertThat(order).doesNotContain(token);
    order.add(token);
    done.put(token, new Done(bytes, address));
  }

  @Override
  public void onFailed(long token, ZoneFailure failure) {
    assertThat(order).doesNotContain(token);
    order.add(token);
    failed.put(token, failure);
  }

  /// Waits until nothing is outstanding.
  Completions drain(ZoneQueue queue) {
    while (queue.outstanding() > 0) {
      assertThat(queue.await(this, Integer.MAX_VALUE)).isPositive();
    }
    return this;
  }

  long address(long token) {
    assertThat(failed).doesNotContainKey(token);
    return done.get(token).address();
  }
}
