package io.durablechat.jetty;

import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Turns addresses into what a ban can be kept by without keeping addresses: a keyed hash
 * (HMAC-SHA-256, RFC 2104) of the network that {@link Throttle} counts by. Safe for use by several
 * threads.
 */
final class SourceKey {
  /** The shortest key, in bytes. */
  static final int MIN_BYTES = 32;

  private static final String ALGORITHM = "HmacSHA256";

  /** As much of the hash as makes two networks not meet by chance. */
  private static final int BYTES = 16;

  private final SecretKeySpec key;

  /**
   * @throws IllegalArgumentException if the key is too short
   */
  SourceKey(byte[] key) {
    if (key.length < MIN_BYTES) {
      throw new IllegalArgumentException("a key of " + key.length + " bytes is too short");
    }
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  /** One that nobody has again: what is banned by it is not after a restart. */
  static SourceKey random() {
    byte[] key = new byte[MIN_BYTES];
    new SecureRandom().nextBytes(key);
    return new SourceKey(key);
  }

  /** What an address is known by; empty if it is not known. */
  Optional<String> of(Optional<InetAddress> address) {
    return address.map(
        known -> HexFormat.of().formatHex(hash(Throttle.networkBytes(known)), 0, BYTES));
  }

  private byte[] hash(byte[] network) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(network);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
