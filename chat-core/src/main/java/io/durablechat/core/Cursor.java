package io.durablechat.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.CRC32C;

/**
 * A place in a room's log: after the record with this sequence, in this lineage.
 *
 * <p>To the outside a cursor is one opaque token, so that no client can mix its fields. Layout of
 * version 1, in base64url: version (1 byte), the first 8 bytes of SHA-256 of the room's name,
 * lineage (8), sequence (8), CRC-32C of all before it (4). The sum catches a token that was cut or
 * mistyped; it is no protection against somebody who makes one up, who gains nothing by it.
 *
 * @param room the room it belongs to
 * @param lineage identity of one lifetime of the log; another lineage numbers other messages
 * @param sequence the last sequence seen, 0 for the beginning
 */
public record Cursor(RoomName room, long lineage, long sequence) {
  private static final byte VERSION = 1;
  private static final int ROOM_BYTES = 8;
  private static final int BYTES = 1 + ROOM_BYTES + 8 + 8 + 4;

  /**
   * Checks the sequence.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public Cursor {
    if (sequence < 0) {
      throw new IllegalArgumentException("sequence is negative: " + sequence);
    }
  }

  /** The same lineage of the same room at another sequence. */
  public Cursor at(long otherSequence) {
    return new Cursor(room, lineage, otherSequence);
  }

  /** The opaque token of this cursor: 39 characters of base64url. */
  public String token() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.put(VERSION).put(fingerprint(room)).putLong(lineage).putLong(sequence);
    bytes.putInt(sum(bytes.array()));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  /**
   * The cursor that this token stands for.
   *
   * @param room the room it is used in
   * @throws IllegalArgumentException if it is not a token, damaged, or of another room
   */
  public static Cursor parse(String token, RoomName room) {
    ByteBuffer bytes = ByteBuffer.wrap(decoded(token));
    if (bytes.remaining() != BYTES
        || bytes.get() != VERSION
        || bytes.getInt(BYTES - 4) != sum(bytes.array())) {
      throw new IllegalArgumentException("cursor is not one that this server gave out");
    }
    byte[] owner = new byte[ROOM_BYTES];
    bytes.get(owner);
    if (!Arrays.equals(owner, fingerprint(room))) {
      throw new IllegalArgumentException("cursor belongs to another room");
    }
    return new Cursor(room, bytes.getLong(), bytes.getLong());
  }

  private static byte[] decoded(String token) {
    try {
      return Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static byte[] fingerprint(RoomName room) {
    return Arrays.copyOf(Member.sha256().digest(room.value().getBytes(UTF_8)), ROOM_BYTES);
  }

  private static int sum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, BYTES - 4);
    return (int) crc.getValue();
  }
}
