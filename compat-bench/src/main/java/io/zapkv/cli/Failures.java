package io.zapkv.cli;

import io.zapkv.api.ZapException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Turns what went wrong into one readable line.
final class Failures {
  /// The exit code where a verb failed.
  static final int FAILED = 1;

  private Failures() {}

  /// Arguments that make no sense.
  static int ofArguments(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(
        "zap: "
            + oneLine(failure.getMessage())
            + " (see "
            + command.getCommandSpec().qualifiedName()
            + " --help)");
    if (failure instanceof UnmatchedArgumentException unmatched) {
      UnmatchedArgumentException.printSuggestions(unmatched, err);
    }
    err.flush();
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  /// A verb that failed.
  static int ofExecution(Throwable failure, CommandLine command, boolean debug) {
    PrintWriter err = command.getErr();
    if (debug) {
      failure.printStackTrace(err);
    } else {
      err.println("zap: " + describe(failure));
    }
    err.flush();
    return FAILED;
  }

  private static String describe(Throwable failure) {
    return switch (failure) {
      case ZapException e -> oneLine(e.getMessage()) + " (" + e.advice() + ") [" + e.code() + "]";
      case UncheckedIOException e -> describe(Objects.requireNonNullElse(e.getCause(), e));
      // Its message is the bare name of a file.
      case FileSystemException e -> oneLine(e.getClass().getSimpleName() + ": " + e.getMessage());
      case IllegalArgumentException e -> oneLine(e.getMessage());
      case IllegalStateException e -> oneLine(e.getMessage());
      case UserException e -> oneLine(e.getMessage());
      default ->
          failure.getClass().getSimpleName()
              + ": "
              + oneLine(failure.getMessage())
              + " (--debug shows where)";
    };
  }

  private static String oneLine(@Nullable String message) {
    return message == null
        ? "no reason was given"
        : message.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
