package io.zapkv.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/// What a ring has delivered, in its order.
public final class Completions implements CompletionHandler {
  private record Completion(long token, int result, long detail) {}

  private final List<Completion> delivered = new ArrayList<>();

  @Override
  public void onCompletion(long token, int result, long detail) {
    delivered.add(new Completion(token, result, detail));
  }

  /// Waits until nothing is outstanding.
  public Completions drain(Ring ring) {
    while (ring.outstanding() > 0) {
      assertThat(ring.await(this, Integer.MAX_VALUE)).isPositive();
    }
    return this;
  }

  public List<Long> tokens() {
    return delivered.stream().map(Completion::token).toList();
  }

  public List<Integer> results() {
    return delivered.stream().map(Completion::result).toList();
  }

  public int size() {
    return delivered.size();
  }

  /// The result that came with a token, which must have come once.
  public int result(long token) {
    List<Completion> found = delivered.stream().filter(c -> c.token() == token).toList();
    assertThat(found).as("completions of token %d", token).hasSize(1);
    assertThat(found.getFirst().detail()).as("detail of token %d", token).isZero();
    return found.getFirst().result();
  }
}
