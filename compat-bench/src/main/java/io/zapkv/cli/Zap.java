package io.zapkv.cli;

import io.zapkv.bench.target.Engine;
import io.zapkv.bench.target.ZapEngine;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The `zap` command: the root under which every verb hangs.
@Command(
    name = "zap",
    mixinStandardHelpOptions = true,
    version = "ZapKV 0.1.0-SNAPSHOT",
    scope = ScopeType.INHERIT,
    usageHelpAutoWidth = true,
    description = "An embedded key-value store for zoned storage.",
    synopsisSubcommandLabel = "VERB",
    commandListHeading = "%nVerbs:%n",
    optionListHeading = "%nOptions:%n",
    parameterListHeading = "%nParameters:%n",
    footerHeading = "%n",
    subcommands = {
      PutCommand.class,
      GetCommand.class,
      DeleteCommand.class,
      ScanCommand.class,
      ZonesCommand.class,
      StatsCommand.class,
      VerifyCommand.class,
      FormatCommand.class,
      CopyCommand.class,
      RepairCommand.class,
      YcsbCommand.class,
      DbBenchCommand.class,
      BenchCommand.class,
      ScaleCommand.class,
      RingBenchCommand.class,
      GatherCommand.class,
      SimCommand.class,
      CrashCommand.class,
      HelpCommand.class
    })
@SuppressWarnings("NullAway.Init") // picocli sets what it annotates
public final class Zap implements Runnable {
  private final Engine engine;

  @Spec private CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show where an error came from.")
  private boolean debug;

  private Zap(Engine engine) {
    this.engine = engine;
  }

  /// Runs one command and ends the process.
  public static void main(String[] args) {
    // Figures look the same wherever they are printed.
    Locale.setDefault(Locale.ROOT);
    System.exit(commandLine(new ZapEngine()).execute(args));
  }

  /// The command line over an engine, ready to execute.
  static CommandLine commandLine(Engine engine) {
    var zap = new Zap(engine);
    return new CommandLine(zap)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Failures::ofArguments)
        .setExecutionExceptionHandler((failure, command, _) -> zap.failed(failure, command));
  }

  /// The engine that verbs work with.
  Engine engine() {
    return engine;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say which verb");
  }

  private int failed(Exception failure, CommandLine command) {
    return Failures.ofExecution(failure, command, debug);
  }
}
