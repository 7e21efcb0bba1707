package io.durablechat.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * Who is in a room: an identity that others cannot take, and a name that is a label only.
 *
 * @param identity what messages are attributed to and publishes are made idempotent by; the prefix
 *     before the colon says where it comes from, so that identities of different origin never meet
 * @param name how the member wishes to be called; not unique
 */
public record Member(String identity, Optional<String> name) {
  /** The longest identity, in bytes of UTF-8. */
  public static final int MAX_IDENTITY_BYTES = 256;

  /** The longest name, in bytes of UTF-8. */
  public static final int MAX_NAME_BYTES = 128;

  /** The shortest guest key: 22 characters are 128 bits in base64url. */
  public static final int MIN_KEY_CHARS = 22;

  /** The longest guest key. */
  public static final int MAX_KEY_CHARS = 256;

  private static final String USER = "user:";
  private static final String ANONYMOUS = "anon:";

  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  /**
   * Checks identity and name.
   *
   * @throws IllegalArgumentException saying in one line what is wrong
   */
  public Member {
    identity = WellFormed.label("identity", identity, MAX_IDENTITY_BYTES);
    name = name.map(n -> WellFormed.label("name", n.strip(), MAX_NAME_BYTES));
  }

  /**
   * A guest, known by a secret key that the client made up: whoever holds the key is this member,
   * in every session and after every restart. Others see the key's SHA-256, hence at least 128
   * random bits.
   *
   * @throws IllegalArgumentException if the key has fewer than {@value #MIN_KEY_CHARS} or more than
   *     {@value #MAX_KEY_CHARS} characters, or one outside printable ASCII
   */
  public static Member guest(String key) {
    if (key.length() < MIN_KEY_CHARS || key.length() > MAX_KEY_CHARS) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "key has %d characters, wanted %d to %d that carry at least 128 random bits",
              key.length(),
              MIN_KEY_CHARS,
              MAX_KEY_CHARS));
    }
    if (!key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException("key holds a character outside printable ASCII");
    }
    return new Member(
        "guest:" + BASE64.encodeToString(sha256().digest(key.getBytes(UTF_8))), Optional.empty());
  }

  /**
   * Returns a user whom the application knows, under a name for others to read. The bearer of a
   * token whose subject is this id is the same member.
   *
   * @param id what the application knows the user by; nobody else may have it, and users read it
   * @throws IllegalArgumentException saying in one line what is wrong with the id, or with the name
   *     as in {@link #named}
   */
  public static Member user(String id, String name) {
    WellFormed.label("id", id.strip(), MAX_IDENTITY_BYTES - USER.length());
    return new Member(USER + id, Optional.empty()).named(name);
  }

  /**
   * Somebody who showed nothing to be known by: a fresh identity that no later session has again.
   */
  public static Member anonymous() {
    return new Member(ANONYMOUS + UUID.randomUUID(), Optional.empty());
  }

  /** Whether no later session can be this member. */
  public boolean isAnonymous() {
    return identity.startsWith(ANONYMOUS);
  }

  /**
   * This member under a name that somebody chose: with single spaces, and without what cannot be
   * seen, turns the direction of writing, or mixes scripts to look like another name. It is a label
   * all the same, and not unique.
   *
   * @throws IllegalArgumentException saying in one line what is wrong with the name
   */
  public Member named(String newName) {
    return new Member(identity, Optional.of(ChosenName.of(newName)));
  }

  /**
   * Returns what to show for this member: the name, or the identity of one without a name. Others
   * may have the same: decide nothing by it.
   */
  public String displayName() {
    return name.orElse(identity);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
