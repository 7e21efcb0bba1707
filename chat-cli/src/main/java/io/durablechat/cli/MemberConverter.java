package io.durablechat.cli;

import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An identity as servers of this command give them, whole: a part of one would be nobody's. */
final class MemberConverter implements ITypeConverter<String> {
  private static final Pattern IDENTITY =
      Pattern.compile("guest:[\\w-]{43}|anon:[0-9a-f-]{36}|user:.+");

  MemberConverter() {}

  @Override
  public String convert(String value) {
    if (!IDENTITY.matcher(value).matches()) {
      throw new TypeConversionException(
          String.format(
                  Locale.ROOT,
                  "'%s' is no identity, such as guest:… or user:…, whole, as \"chat-cli admin members ROOM\"",
                  value)
              + " lists them");
    }
    return value;
  }
}
