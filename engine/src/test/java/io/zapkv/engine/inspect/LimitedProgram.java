package io.zapkv.engine.inspect;

import io.zapkv.Zap;
import io.zapkv.api.Durability;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.ZapException;
import io.zapkv.api.ZapStore;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/// Writes until it may not, and says how far it came and why no further.
final class LimitedProgram {
  static final StoreOptions OPTIONS =
      StoreOptions.defaults().withMemtableBytes(1 << 20).withMemoryBudgetBytes(16 << 20);
  private static final int WRITES = 1_500;

  private LimitedProgram() {}

  static byte[] key(int i) {
    return ("key-" + i).getBytes(StandardCharsets.UTF_8);
  }

  static byte[] value(int i) {
    byte[] value = new byte[10_000];
    new Random(i).nextBytes(value);
    return value;
  }

  public static void main(String[] args) {
    int acknowledged = 0;
    ZapException refusal = null;
    try (ZapStore store = Zap.open(args[0], OPTIONS)) {
      try {
        for (; acknowledged < WRITES; acknowledged++) {
          Durability durability = acknowledged % 50 == 0 ? Durability.DURABLE : Durability.BUFFERED;
          store.put(key(acknowledged), value(acknowledged), durability);
        }
        store.flush();
      } catch (ZapException e) {
        refusal = e;
      }
      for (int i = 0; refusal != null && i < acknowledged; i += 97) {
        store.get(key(i));
      }
    } catch (ZapException e) {
      refusal = refusal == null ? e : refusal;
    }
    System.out.println("acknowledged " + acknowledged);
    if (refusal != null) {
      System.out.println("refused " + refusal.getClass().getSimpleName() + ": " + refusal);
    }
    for (Throwable cause = refusal; cause != null; cause = cause.getCause()) {
      if (cause instanceof ZapException zap) {
        System.out.println("advice " + zap.advice());
      }
    }
  }
}
