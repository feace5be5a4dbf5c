package io.zapkv.zns.zonefs;

import io.zapkv.zns.ZoneFailure;
import io.zapkv.zns.ZoneHandler;
import io.zapkv.zns.ZoneQueue;
import java.util.HashMap;
import java.util.Map;

/// What a queue has told: addresses and failures by token.
final class Told implements ZoneHandler {
  final Map<Long, Long> addresses = new HashMap<>();
  final Map<Long, ZoneFailure> failures = new HashMap<>();

  @Override
  public void onDone(long token, int bytes, long address) {
    addresses.put(token, address);
  }

  @Override
  public void onFailed(long token, ZoneFailure failure) {
    failures.put(token, failure);
  }

  Told drain(ZoneQueue queue) {
    while (queue.outstanding() > 0) {
      queue.await(this, Integer.MAX_VALUE);
    }
    return this;
  }
}
