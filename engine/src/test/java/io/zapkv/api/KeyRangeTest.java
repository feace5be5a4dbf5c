package io.zapkv.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeyRangeTest {
  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  @Test
  void aRangeHoldsItsStartAndNotItsEnd() {
    KeyRange range = KeyRange.of(bytes(2), bytes(4));
    assertThat(range.contains(bytes(1))).isFalse();
    assertThat(range.contains(bytes(2))).isTrue();
    assertThat(range.contains(bytes(3, 0xff))).isTrue();
    assertThat(range.contains(bytes(4))).isFalse();
  }

  @Test
  void bytesAreComparedWithoutSign() {
    assertThat(KeyRange.of(bytes(0x7f), bytes(0x81)).contains(bytes(0x80))).isTrue();
  }

  @Test
  void anOpenEndHoldsEverythingOnItsSide() {
    assertThat(KeyRange.of(null, bytes(4)).contains(bytes())).isTrue();
    assertThat(KeyRange.of(bytes(4), null).contains(bytes(0xff, 0xff))).isTrue();
    assertThat(KeyRange.all().contains(bytes())).isTrue();
  }

  @Test
  void aPrefixEndsBeforeTheNextPrefixOfItsLength() {
    KeyRange range = KeyRange.prefix(bytes(1, 2));
    assertThat(range.contains(bytes(1, 2))).isTrue();
    assertThat(range.contains(bytes(1, 2, 0xff, 0xff))).isTrue();
    assertThat(range.contains(bytes(1, 3))).isFalse();
    assertThat(range.to()).isEqualTo(bytes(1, 3));
  }

  @Test
  void aPrefixThatEndsInTheLastByteCarries() {
    assertThat(KeyRange.prefix(bytes(1, 0xff, 0xff)).to()).isEqualTo(bytes(2));
  }

  @Test
  void aPrefixOfLastBytesOnlyHasNoEnd() {
    assertThat(KeyRange.prefix(bytes(0xff, 0xff)).to()).isNull();
    assertThat(KeyRange.prefix(bytes()).to()).isNull();
  }

  @Test
  void aRangeDoesNotFollowTheArraysItWasMadeFrom() {
    byte[] from = bytes(2);
    KeyRange range = KeyRange.of(from, null);
    from[0] = 9;
    range.from()[0] = 9;
    assertThat(range).isEqualTo(KeyRange.of(bytes(2), null)).hasToString("[02, )");
  }
}
