package io.zapkv.bench.ring;

/// There is no fio to compare with.
public final class FioMissingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  FioMissingException(Throwable cause) {
    super(
        "there is no fio to compare with: install it (apt-get install fio), or say --no-fio",
        cause);
  }
}
