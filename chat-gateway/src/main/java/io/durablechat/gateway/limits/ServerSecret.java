package io.durablechat.gateway.limits;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.core.RoomName;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret of the server, by which it makes keyed hashes (HMAC-SHA-256, RFC 2104): of addresses, so
 * that a ban can be kept without keeping any, and of invites, so that nobody can make one up. Safe
 * for use by several threads.
 */
public final class ServerSecret {
  /** The shortest key, in bytes. */
  static final int MIN_BYTES = 32;

  private static final String ALGORITHM = "HmacSHA256";

  /** As much of the hash as makes two networks not meet by chance. */
  private static final int BYTES = 16;

  private final SecretKeySpec key;

  /**
   * @throws IllegalArgumentException if the key is too short
   */
  public ServerSecret(byte[] key) {
    if (key.length < MIN_BYTES) {
      throw new IllegalArgumentException("a key of " + key.length + " bytes is too short");
    }
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  /** One that nobody has again: what is banned by it is not after a restart. */
  public static ServerSecret random() {
    byte[] key = new byte[MIN_BYTES];
    new SecureRandom().nextBytes(key);
    return new ServerSecret(key);
  }

  /**
   * What an address is known by, which is that of the network {@link Throttle} counts by; empty if
   * it is not known.
   */
  public Optional<String> source(Optional<InetAddress> address) {
    return address.map(known -> hex(hash(Throttle.networkBytes(known))));
  }

  /** The link of an invite to a room, by the sequence of its ruling. */
  public String invite(RoomName room, long sequence) {
    return sequence + "-" + hex(hash((sequence + " " + room.value()).getBytes(UTF_8)));
  }

  /** Which invite to the room this is; empty if it is none of ours. */
  public OptionalLong invite(RoomName room, String shown) {
    if (!shown.matches("[1-9][0-9]{0,15}-[0-9a-f]{32}")) {
      return OptionalLong.empty();
    }
    long sequence = Long.parseLong(shown.substring(0, shown.indexOf('-')));
    boolean isOurs =
        MessageDigest.isEqual(invite(room, sequence).getBytes(US_ASCII), shown.getBytes(US_ASCII));
    return isOurs ? OptionalLong.of(sequence) : OptionalLong.empty();
  }

  private static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash, 0, BYTES);
  }

  private byte[] hash(byte[] of) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(of);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
