package io.zapkv.bench.ring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// The other side: `fio --ioengine=io_uring` with the same parameters.
final class FioLoad {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path path;
  private final long fileBytes;

  FioLoad(Path path, long fileBytes) {
    this.path = path;
    this.fileBytes = fileBytes;
  }

  /// The version that is installed.
  ///
  /// @throws FioMissingException where there is none
  static String version() throws InterruptedException {
    try {
      return run(List.of("fio", "--version")).strip();
    } catch (IOException e) {
      throw new FioMissingException(e);
    }
  }

  /// Runs one cell for some time; answers operations a second.
  double run(RingCell cell, int seconds) throws IOException, InterruptedException {
    return rate(run(arguments(cell, seconds)), cell.write());
  }

  /// One thread, no latency figures, nothing dropped from the page cache before.
  List<String> arguments(RingCell cell, int seconds) {
    return List.of(
        "fio",
        "--name=zap",
        "--thread",
        "--ioengine=io_uring",
        "--rw=" + (cell.write() ? "randwrite" : "randread"),
        "--bs=" + cell.blockBytes(),
        "--iodepth=" + cell.depth(),
        "--direct=" + (cell.direct() ? 1 : 0),
        "--filename=" + path,
        "--size=" + fileBytes,
        "--time_based",
        "--runtime=" + seconds,
        "--norandommap",
        "--invalidate=0",
        "--fallocate=none",
        "--overwrite=1",
        "--gtod_reduce=1",
        "--output-format=json");
  }

  /// Operations a second, from fio's report.
  static double rate(String report, boolean write) throws IOException {
    // Warnings come before the report.
    JsonNode job = JSON.readTree(report.substring(report.indexOf('{'))).path("jobs").path(0);
    if (job.path("error").asInt(-1) != 0) {
      throw new IOException("fio failed: " + job.path("error").asText("no report"));
    }
    return job.path(write ? "write" : "read").path("iops").asDouble();
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException("fio ended with status " + status + ": " + output);
    }
    return output;
  }
}
