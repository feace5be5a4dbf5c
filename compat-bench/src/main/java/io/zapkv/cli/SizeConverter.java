package io.zapkv.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads a size in bytes: `512MiB`, `1GiB`, `4096`.
final class SizeConverter implements ITypeConverter<Long> {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})\\s*([kmg]i?b?|b|)");

  private SizeConverter() {}

  @Override
  public Long convert(String text) {
    Matcher size = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!size.matches()) {
      throw new TypeConversionException("not a size: " + text + ", write 512MiB or 1GiB");
    }
    long number = Long.parseLong(size.group(1));
    String unit = size.group(2);
    int shift =
        unit.startsWith("k") ? 10 : unit.startsWith("m") ? 20 : unit.startsWith("g") ? 30 : 0;
    return Math.multiplyExact(number, 1L << shift);
  }
}
