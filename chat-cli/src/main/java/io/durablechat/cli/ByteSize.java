package io.durablechat.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes, plain or with K or M for 2^10 and 2^20. */
final class ByteSize implements ITypeConverter<Integer> {
  private static final int MAX_MIB = 256;

  ByteSize() {}

  @Override
  public Integer convert(String value) {
    String upper = value.toUpperCase(Locale.ROOT);
    if (!upper.matches("[0-9]{1,9}[KM]?")) {
      throw wrong(value);
    }
    int shift = upper.endsWith("M") ? 20 : upper.endsWith("K") ? 10 : 0;
    long bytes = Long.parseLong(upper.replaceAll("[KM]", "")) << shift;
    if (bytes < 1 || bytes > (long) MAX_MIB << 20) {
      throw wrong(value);
    }
    return (int) bytes;
  }

  private static TypeConversionException wrong(String value) {
    return new TypeConversionException(
        "'" + value + "' is not a size from 1 to " + MAX_MIB + "M, such as 65536, 64K or 1M");
  }
}
