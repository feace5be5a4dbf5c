package io.zapkv.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The `zap` command: the root under which every verb hangs.
@Command(
    name = "zap",
    mixinStandardHelpOptions = true,
    version = "ZapKV 0.1.0-SNAPSHOT",
    description = "An embedded key-value store for zoned storage.")
public final class Zap implements Runnable {
  @Spec private CommandSpec spec;

  private Zap() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new Zap()).execute(args));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which verb?");
  }
}
