package io.zapkv.engine.inspect;

import io.zapkv.Zap;
import io.zapkv.api.ZapStore;
import java.io.IOException;

/// A process that has a store open until it is ended.
final class StoreHolder {
  private StoreHolder() {}

  public static void main(String[] arguments) throws IOException {
    try (ZapStore store = Zap.open(arguments[0], StoreImage.OPTIONS)) {
      store.put(StoreImage.key(1), StoreImage.value(1));
      System.out.println("open");
      if (System.in.read() >= 0) {
        store.flush();
      }
    }
  }
}
