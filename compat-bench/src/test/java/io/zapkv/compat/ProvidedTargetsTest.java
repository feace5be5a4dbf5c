package io.zapkv.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.api.Durability;
import io.zapkv.bench.target.LmdbProvider;
import io.zapkv.bench.target.MvStoreProvider;
import io.zapkv.bench.target.Target;
import io.zapkv.bench.target.TargetProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// LMDB and MVStore answer as the map does: what is compared with must be right, too.
class ProvidedTargetsTest {
  private static final int OPS = 300;
  private static final int SCRIPTS = 20;

  @TempDir private Path folder;

  @Test
  void mvStoreAndTheMapAnswerAlike() {
    answersAsTheMap(
        new MvStoreProvider(), LongStream.range(0, SCRIPTS).mapToObj(this::script).toList());
  }

  /// LMDB has no empty key, which every other store has, and a thread has one read transaction: a
  /// cursor that is kept while others come and go moves on with it.
  @Test
  void lmdbAndTheMapAnswerAlike() {
    List<List<Op>> scripts =
        LongStream.iterate(0, seed -> seed + 1)
            .mapToObj(this::script)
            .map(ProvidedTargetsTest::withoutHeldCursors)
            .filter(ops -> ops.stream().noneMatch(ProvidedTargetsTest::namesTheEmptyKey))
            .limit(SCRIPTS)
            .toList();
    answersAsTheMap(new LmdbProvider(), scripts);
  }

  @Test
  void aDurableWriteIsThereAfterReopening() {
    for (TargetProvider provider : List.of(new LmdbProvider(), new MvStoreProvider())) {
      var store = Stores.provided(provider, folder.resolve(provider.name()));
      try (Target target = store.get()) {
        target.put(new byte[] {1}, new byte[] {2}, Durability.DURABLE);
      }
      try (Target target = store.get()) {
        assertThat(target.get(new byte[] {1})).as(provider.name()).containsExactly(2);
      }
    }
  }

  private List<Op> script(long seed) {
    return new OpGenerator(seed).ops(OPS);
  }

  private void answersAsTheMap(TargetProvider provider, List<List<Op>> scripts) {
    for (int i = 0; i < scripts.size(); i++) {
      Path here = folder.resolve(provider.name() + i);
      var runner = new DifferentialRunner(List.of(Stores.map(), Stores.provided(provider, here)));
      assertThat(runner.run(scripts.get(i))).as("script %d", i).isNull();
    }
  }

  private static List<Op> withoutHeldCursors(List<Op> ops) {
    return ops.stream()
        .filter(op -> !(op instanceof Op.Hold || op instanceof Op.Step || op instanceof Op.Drop))
        .toList();
  }

  private static boolean namesTheEmptyKey(Op op) {
    return switch (op) {
      case Op.Put(Data key, _) -> key.length() == 0;
      case Op.Delete(Data key) -> key.length() == 0;
      case Op.Get(Data key, _) -> key.length() == 0;
      case Op.Batch(List<Op.Change> changes) ->
          changes.stream().anyMatch(ProvidedTargetsTest::namesTheEmptyKey);
      case Op.With(_, Op change) -> namesTheEmptyKey(change);
      case Op.Step(_, List<Op.Move> moves) ->
          moves.stream().anyMatch(ProvidedTargetsTest::seeksTheEmptyKey);
      case Op.Walk walk -> walk.moves().stream().anyMatch(ProvidedTargetsTest::seeksTheEmptyKey);
      case Op.Hold _, Op.Drop _, Op.Take _, Op.Release _, Op.Flush _, Op.Compact _, Op.Reopen _ ->
          false;
    };
  }

  private static boolean seeksTheEmptyKey(Op.Move move) {
    return switch (move) {
      case Op.Move.Seek(Data key) -> key.length() == 0;
      case Op.Move.SeekForPrev(Data key) -> key.length() == 0;
      case Op.Move.First _, Op.Move.Last _, Op.Move.Next _, Op.Move.Prev _ -> false;
    };
  }
}
