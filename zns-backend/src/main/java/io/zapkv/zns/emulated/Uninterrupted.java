package io.zapkv.zns.emulated;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;

/// Runs file operations on a caller's thread as if it were not interrupted.
///
/// A channel is closed under the thread that is interrupted inside it. An interrupt is for the
/// caller and says nothing about the file: so the operation is done again, and the interrupt status
/// is put back afterwards.
final class Uninterrupted {
  /// An operation that opens its own channels, so that it can be done again.
  interface Action<T extends @Nullable Object> {
    T run() throws IOException;
  }

  private Uninterrupted() {}

  static <T extends @Nullable Object> T run(Action<T> action) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return action.run();
        } catch (ClosedByInterruptException _) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
