package io.durablechat.gateway;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Addresses of peers. Names are never looked up. */
public final class Addresses {
  private static final String BYTE = "(25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})";
  private static final Pattern V4 = Pattern.compile(BYTE + "(\\." + BYTE + "){3}(:[0-9]{1,5})?");

  private Addresses() {}

  /**
   * A host as it is compared: in lower case, and an address of IPv6, which is written in brackets,
   * in one of its forms. Empty for brackets around something else.
   */
  public static Optional<String> host(String written) {
    return written.startsWith("[")
        ? literal(written).map(Addresses::written)
        : Optional.of(written.toLowerCase(Locale.ROOT));
  }

  private static String written(InetAddress address) {
    String text = address.getHostAddress();
    return address instanceof Inet6Address ? "[" + text + "]" : text;
  }

  /** The address that is written so, perhaps with a port; empty if it is none. */
  public static Optional<InetAddress> literal(String text) {
    // No more than a byte each: the JDK would ask a name server for 999.1.1.1.
    boolean isV4 = V4.matcher(text).matches();
    boolean isV6 = text.matches("\\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*]?(:[0-9]{1,5})?");
    try {
      if (isV4) {
        return Optional.of(InetAddress.getByName(text.replaceFirst(":.*", "")));
      }
      return isV6
          ? Optional.of(InetAddress.getByName(text.replaceFirst("^\\[(.*)].*", "$1")))
          : Optional.empty();
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
