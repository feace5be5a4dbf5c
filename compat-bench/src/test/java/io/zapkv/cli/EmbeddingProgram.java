package io.zapkv.cli;

import io.zapkv.api.Durability;
import io.zapkv.api.ZapStore;
import java.nio.charset.StandardCharsets;

/// Somebody's program with a store in it: writes, reads, and says which ring the store has.
final class EmbeddingProgram {
  private EmbeddingProgram() {}

  @SuppressWarnings("SystemOut")
  public static void main(String[] args) {
    byte[] key = "key".getBytes(StandardCharsets.UTF_8);
    try (ZapStore store = io.zapkv.Zap.open(args[0])) {
      store.put(key, key, Durability.DURABLE);
      store.flush();
      if (store.get(key) == null) {
        throw new AssertionError("what was written is not there");
      }
      System.out.println(store.stats().ring());
    }
  }
}
