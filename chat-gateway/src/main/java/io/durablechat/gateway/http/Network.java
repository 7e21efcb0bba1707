package io.durablechat.gateway.http;

import io.durablechat.gateway.Addresses;
import java.net.InetAddress;
import java.util.Optional;

/**
 * A network of addresses in CIDR notation (RFC 4632, RFC 4291), or one address.
 *
 * @param bits how many bits of an address in it are those of {@code first}
 */
record Network(InetAddress first, int bits) {
  /** Returns what is written so, such as 10.0.0.0/8 or ::1; empty if it is neither. */
  public static Optional<Network> of(String text) {
    String[] parts = text.split("/", -1);
    boolean isBare = !parts[0].startsWith("[") && !parts[0].matches("[^:]*:[^:]*");
    if (!isBare || parts.length > 2 || (parts.length == 2 && !parts[1].matches("[0-9]{1,3}"))) {
      return Optional.empty();
    }
    return Addresses.literal(parts[0])
        .map(
            first ->
                new Network(first, parts.length == 2 ? Integer.parseInt(parts[1]) : length(first)))
        .filter(network -> network.bits <= length(network.first) && network.isFirst());
  }

  private static int length(InetAddress address) {
    return address.getAddress().length * Byte.SIZE;
  }

  /** An address with bits behind those of the network is one in it, and does not name it. */
  private boolean isFirst() {
    byte[] bytes = first.getAddress();
    for (int bit = bits; bit < length(first); bit++) {
      if (bit(bytes, bit) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether this address is in it. */
  boolean contains(InetAddress address) {
    byte[] own = first.getAddress();
    byte[] other = address.getAddress();
    if (own.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      if (bit(own, bit) != bit(other, bit)) {
        return false;
      }
    }
    return true;
  }

  private static int bit(byte[] bytes, int index) {
    return bytes[index / Byte.SIZE] >> (Byte.SIZE - 1 - index % Byte.SIZE) & 1;
  }
}
