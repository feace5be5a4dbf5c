package io.zapkv.cli;

/// What a user asked for is not to be had; the message says why, in the user's words.
final class UserException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UserException(String message) {
    super(message);
  }
}
