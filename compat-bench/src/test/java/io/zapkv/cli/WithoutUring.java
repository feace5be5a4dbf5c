package io.zapkv.cli;

import java.util.Arrays;

/// The command line in a process that may not use io_uring: the first argument is the errno of a
/// seccomp filter, the others are the command.
final class WithoutUring {
  private WithoutUring() {}

  public static void main(String[] args) throws Throwable {
    SeccompFilter.forbidUring(Integer.parseInt(args[0]));
    Zap.main(Arrays.copyOfRange(args, 1, args.length));
  }
}
