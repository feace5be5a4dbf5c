package io.zapkv.sim;

import static java.lang.constant.ConstantDescs.CD_long;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Mistakes that the simulator must find: each is made in an engine of its own, and some seed of
/// the first thousand fails.
class CanaryTest {
  private static final long SEEDS = Long.getLong("zap.canary.seeds", 1_000);
  private static final Consumer<CodeBuilder> NOTHING = _ -> {};

  private static final ClassDesc REPORT = ClassDesc.of("io.zapkv.engine.wal.ReplayReport");

  private static final Map<String, Mutants> MISTAKES = new TreeMap<>();

  static {
    MISTAKES.put(
        "acknowledge before the sync",
        new Mutants().replacing("wal.LogWriter", "lead", "AppendStream.sync", false, NOTHING));
    MISTAKES.put(
        "acknowledge before what was written earlier has landed",
        new Mutants().replacing("wal.LogWriter", "lead", "AppendStream.drain", false, NOTHING));
    MISTAKES.put(
        "reset a zone before the manifest is durable",
        new Mutants().with("version.JournalPair", "sync", CodeBuilder::return_));
    MISTAKES.put(
        "drop what a snapshot still sees",
        new Mutants()
            .with(
                "write.SnapshotList",
                "sorted",
                code -> code.iconst_0().newarray(TypeKind.LONG).areturn()));
    MISTAKES.put(
        "skip checksums",
        new Mutants().with("format.Crc32c", "of", code -> code.iconst_0().ireturn()));
    MISTAKES.put(
        "lose a wake-up",
        new Mutants().replacing("base.Signal", "raise", "Condition.signalAll", false, NOTHING));
    MISTAKES.put(
        "scan without sealed memtables",
        new Mutants()
            .replacing(
                "core.Engine",
                "everything",
                "SuperVersion.sealedCount",
                false,
                CodeBuilder::iconst_0));
    MISTAKES.put(
        "number the members of a batch wrongly",
        new Mutants()
            .replacing(
                "memtable.BatchCopy",
                "member",
                "RecordDescriptor.setBatchDistance",
                false,
                NOTHING));
    // Either of the two keeps what an older life left of the log out of a newer one's.
    MISTAKES.put(
        "go on in the log where its replay ended, in the same epoch",
        new Mutants()
            .with("version.Recovered", "epoch", code -> code.iconst_1().ireturn())
            .replacing(
                "core.Recovery",
                "run",
                "ReplayReport.nextSequence",
                true,
                code -> code.invokevirtual(REPORT, "endSequence", MethodTypeDesc.of(CD_long))));
    MISTAKES.put("BUFFER_REUSED", new Mutants());
    MISTAKES.put("FAILURE_INDEXED", new Mutants());
    MISTAKES.put("SHORT_WRITE", new Mutants());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acknowledge before the sync",
        "acknowledge before what was written earlier has landed",
        "reset a zone before the manifest is durable",
        "drop what a snapshot still sees",
        "skip checksums",
        "lose a wake-up",
        "scan without sealed memtables",
        "number the members of a batch wrongly",
        "go on in the log where its replay ended, in the same epoch",
        "BUFFER_REUSED",
        "FAILURE_INDEXED",
        "SHORT_WRITE"
      })
  void noMistakeStaysUnseen(String name) throws ReflectiveOperationException {
    Mutants mutants = MISTAKES.get(name);
    boolean wraps = Character.isUpperCase(name.charAt(1));
    long seed = mutants.firstFailing(wraps ? name : "", 1, SEEDS);
    System.Logger log = System.getLogger("canary"); // what ZapKV logs is switched off
    log.log(System.Logger.Level.INFO, name + ": seed " + seed);
    assertThat(seed).as(name).isPositive();
  }
}
