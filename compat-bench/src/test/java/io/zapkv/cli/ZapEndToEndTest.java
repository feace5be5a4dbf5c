package io.zapkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.bench.target.ZapEngine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The verbs on the real engine.
class ZapEndToEndTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;

  private int zap(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Zap.commandLine(new ZapEngine())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private String device() {
    return "emu:" + folder.resolve("store") + "?zones=64&size=4MiB&capacity=4MiB";
  }

  @Test
  void aStoreLivesFromOneCommandToTheNext() {
    assertThat(zap("put", device(), "b", "2")).as(err.toString()).isZero();
    assertThat(zap("put", device(), "a", "1", "--durable")).isZero();
    assertThat(zap("get", device(), "b")).isZero();
    assertThat(out.toString().strip()).isEqualTo("2");
    assertThat(zap("delete", device(), "a")).isZero();
    assertThat(zap("scan", device())).isZero();
    assertThat(out.toString().lines()).containsExactly("b\t2");
    assertThat(zap("zones", device())).isZero();
    assertThat(zap("stats", device())).isZero();
    assertThat(zap("verify", device())).as(out.toString()).isZero();
  }

  @Test
  void aStoreIsCopiedToAnotherDevice() {
    String copy = "emu:" + folder.resolve("copy");
    String parameters = "?zones=64&size=4MiB&capacity=4MiB";
    assertThat(zap("put", device(), "b", "2")).as(err.toString()).isZero();
    assertThat(zap("copy", device(), copy)).isEqualTo(1);
    assertThat(err.toString()).contains("64 zones");
    assertThat(zap("copy", device(), copy + parameters)).as(err.toString()).isZero();
    assertThat(out.toString()).contains("copied from", "sound");
    assertThat(zap("get", copy, "b")).isZero();
    assertThat(out.toString().strip()).isEqualTo("2");
    assertThat(zap("copy", device(), copy)).isEqualTo(1);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(zap("copy", device(), copy, "--force")).as(err.toString()).isZero();
  }

  @Test
  void readingMakesNoDevice() {
    assertThat(zap("get", device(), "a")).isEqualTo(1);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(folder.resolve("store")).doesNotExist();
  }

  @Test
  void aFolderThatHoldsSomethingElseIsNotFormattedWithoutForce() throws Exception {
    Files.createDirectories(folder.resolve("store"));
    Files.writeString(folder.resolve("store/thesis.txt"), "years of work");
    assertThat(zap("put", device(), "a", "1")).isEqualTo(1);
    assertThat(zap("format", device())).isEqualTo(1);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(folder.resolve("store/thesis.txt")).hasContent("years of work");
  }

  @Test
  void aNameThatMakesNoSenseIsRefusedInOneLine() {
    for (String name :
        new String[] {
          "emu:", "nonsense", "nonsense:/x", device() + "&zoness=4", device() + "&size=3MiB"
        }) {
      assertThat(zap("put", name, "a", "1")).as(name).isEqualTo(1);
      assertThat(err.toString().lines()).as(name).hasSize(1);
      assertThat(err.toString()).as(name).startsWith("zap: ").doesNotContain("--debug");
    }
  }

  @Test
  void ycsbAndDbbenchRunOnIt() {
    assertThat(
            zap(
                "ycsb",
                "--records",
                "2000",
                "--operations",
                "1000",
                "--threads",
                "2",
                "--device",
                device(),
                "--engines",
                "zapkv,rocksdb"))
        .as(err.toString())
        .isZero();
    assertThat(zap("verify", device())).as(out.toString()).isZero();
    assertThat(zap("dbbench", "--num", "5000", "--device", "mem:")).as(err.toString()).isZero();
  }
}
