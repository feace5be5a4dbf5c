package io.zapkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zapkv.api.VerifyReport;
import io.zapkv.fake.FakeEngine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ZapTest {
  private static final String DEVICE = "fake:device";

  private final FakeEngine engine = new FakeEngine();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;

  private int zap(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Zap.commandLine(engine)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @Test
  void whatIsPutIsGotAndDeleted() {
    assertThat(zap("put", DEVICE, "key", "wört")).isZero();
    assertThat(zap("get", DEVICE, "key")).isZero();
    assertThat(out).hasToString("wört" + System.lineSeparator());
    assertThat(zap("delete", DEVICE, "key")).isZero();
    assertThat(zap("get", DEVICE, "key")).isEqualTo(1);
    assertThat(err.toString().lines()).containsExactly("zap: no such key: key");
  }

  @Test
  void hexadecimalGoesBothWays() {
    assertThat(zap("put", DEVICE, "00ff", "80", "--hex")).isZero();
    assertThat(zap("get", "--hex", DEVICE, "00ff")).isZero();
    assertThat(out.toString().strip()).isEqualTo("80");
    assertThat(zap("scan", DEVICE)).isZero();
    assertThat(out.toString().strip()).isEqualTo("0x00ff\t0x80");
    assertThat(zap("put", DEVICE, "0", "80", "--hex")).isEqualTo(1);
    assertThat(err.toString().lines()).containsExactly("zap: not hexadecimal: 0");
  }

  @Test
  void aScanKeepsToItsBoundsInBothDirections() {
    for (String key : List.of("a1", "b1", "b2", "b3", "c1")) {
      zap("put", DEVICE, key, key.toUpperCase(java.util.Locale.ROOT));
    }
    assertThat(zap("scan", DEVICE, "--prefix", "b", "--reverse", "--limit", "2")).isZero();
    assertThat(out.toString().lines()).containsExactly("b3\tB3", "b2\tB2");
    assertThat(zap("scan", DEVICE, "--from", "b2", "--to", "c1")).isZero();
    assertThat(out.toString().lines()).containsExactly("b2\tB2", "b3\tB3");
    assertThat(zap("scan", DEVICE, "--prefix", "b", "--to", "c")).isEqualTo(1);
  }

  @Test
  void aVerbThatReadsMakesNoDevice() {
    for (String verb : List.of("scan", "zones", "stats", "verify", "repair")) {
      assertThat(zap(verb, "fake:nowhere")).as(verb).isEqualTo(1);
      assertThat(err.toString().lines()).as(verb).hasSize(1);
      assertThat(err.toString())
          .startsWith("zap: fake:nowhere: expected a store, got nothing (check the name")
          .endsWith(" [not-a-store]" + System.lineSeparator());
    }
    assertThat(engine.devices).isEmpty();
  }

  @Test
  void aStackTraceComesOnlyWithDebug() {
    assertThat(zap("get", "fake:nowhere", "key", "--debug")).isEqualTo(1);
    assertThat(err.toString()).contains("NotAStoreException").contains("\tat ");
  }

  @Test
  void argumentsThatMakeNoSenseAreOneLine() {
    assertThat(zap("get", DEVICE)).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("zap: Missing required").contains("zap get --help");
    assertThat(zap()).isEqualTo(2);
  }

  @Test
  void theZoneMapShowsEachZoneAsALetterAndATable() throws Exception {
    zap("put", DEVICE, "a", "b");
    Path json = folder.resolve("zones.json");
    assertThat(zap("zones", DEVICE, "--json", json.toString())).isZero();
    assertThat(out.toString())
        .contains("0  mmlTSD.X")
        .contains("full one table zones: 1, sealed with 98.0 % data on average")
        .containsPattern("4 +full +small tables .* 8 9");
    JsonNode map = new ObjectMapper().readTree(json.toFile());
    assertThat(map.get("zones")).hasSize(8);
    assertThat(map.get("zones").get(3).get("state").asText()).isEqualTo("FULL");
  }

  @Test
  void verifyFailsWhereSomethingIsWrongAndSaysWhat() {
    zap("put", DEVICE, "a", "b");
    assertThat(zap("verify", DEVICE)).isZero();
    assertThat(out.toString()).contains("sound");
    engine.problems = List.of(new VerifyReport.Problem("block 17:3", "crc 1", "crc 2"));
    assertThat(zap("verify", DEVICE)).isEqualTo(1);
    assertThat(out.toString()).contains("block 17:3: expected crc 1, got crc 2");
    assertThat(err.toString()).contains("1 problems");
  }

  @Test
  void repairSaysWhatIsGone() {
    zap("put", DEVICE, "a", "b");
    assertThat(zap("repair", DEVICE)).isZero();
    assertThat(out.toString())
        .contains("zone 7 is gone", "250 records of the log kept", "later is gone", "sound");
  }

  @Test
  void copySaysWhatItCouldNotTakeAlong() {
    zap("put", DEVICE, "a", "b");
    assertThat(zap("copy", DEVICE, "fake:other")).isZero();
    assertThat(out.toString())
        .contains("1 offline zones", "zone 7 of the source may have held log", "sound");
  }

  @Test
  void formatNeedsForceWhereThereIsSomething() {
    assertThat(zap("format", DEVICE)).isZero();
    assertThat(zap("format", DEVICE)).isEqualTo(1);
    assertThat(err.toString()).contains("--force");
    assertThat(zap("format", DEVICE, "--force")).isZero();
  }

  @Test
  void statsAreShownAndWritten() throws Exception {
    zap("put", DEVICE, "a", "b");
    Path json = folder.resolve("stats.json");
    assertThat(zap("stats", DEVICE, "--json", json.toString())).isZero();
    assertThat(out.toString()).contains("write amplification").contains("2.00");
    assertThat(new ObjectMapper().readTree(json.toFile()).get("ring").asText()).isEqualTo("a fake");
  }

  @Test
  void ycsbPrintsATableAndWritesBothFiles() throws Exception {
    Path json = folder.resolve("y.json");
    Path html = folder.resolve("y.html");
    assertThat(
            zap(
                "ycsb",
                "--workloads",
                "load,a",
                "--records",
                "200",
                "--operations",
                "100",
                "--threads",
                "2",
                "--engines",
                "map,rocksdb",
                "--value-bytes",
                "50",
                "--device",
                "emu:" + folder.resolve("store"),
                "--seed",
                "3",
                "--json",
                json.toString(),
                "--html",
                html.toString()))
        .as(err.toString())
        .isZero();
    assertThat(out.toString()).contains("map/rocksdb", "memory: equal: 512 MiB");
    JsonNode results = new ObjectMapper().readTree(json.toFile());
    assertThat(results).hasSize(4);
    assertThat(results.get(0).get("records").asLong()).isEqualTo(200);
    assertThat(html).isNotEmptyFile();
  }

  @Test
  void dbbenchRefusesWhatItDoesNotKnow() {
    assertThat(zap("dbbench", "--benchmarks", "fillx")).isEqualTo(1);
    assertThat(err.toString()).startsWith("zap: no benchmark is called fillx: fillseq,");
    assertThat(zap("dbbench", "--memory", "lots")).isEqualTo(2);
    assertThat(zap("dbbench", "--engines", "nosql", "--num", "10", "--device", "mem:"))
        .isEqualTo(1);
    assertThat(err.toString().strip())
        .isEqualTo(
            "zap: no engine is called nosql: zapkv, rocksdb or map; in a clone also lmdb and mvstore");
  }

  @Test
  void everyVerbHasHelpWithAnExample() {
    for (CommandLine verb : Zap.commandLine(engine).getSubcommands().values()) {
      if (!verb.getCommandName().equals("help")) {
        assertThat(verb.getUsageMessage()).contains("Example:", "zap " + verb.getCommandName());
      }
    }
  }
}
