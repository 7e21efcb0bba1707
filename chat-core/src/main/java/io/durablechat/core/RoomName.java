package io.durablechat.core;

/**
 * The name of a room: 1 to 128 bytes of UTF-8 in NFC, without control characters and without {@code
 * /}. Two names that differ only in Unicode normalisation name one room.
 *
 * @param value the name in NFC
 */
public record RoomName(String value) {
  /** The longest name, in bytes of UTF-8. */
  public static final int MAX_BYTES = 128;

  /**
   * Normalises and checks the name.
   *
   * @throws IllegalArgumentException saying in one line what is wrong with it
   */
  public RoomName {
    value = WellFormed.label("room name", value, MAX_BYTES);
    if (value.indexOf('/') >= 0) {
      throw new IllegalArgumentException("room name holds a /");
    }
  }

  /**
   * The room name of this text.
   *
   * @throws IllegalArgumentException saying in one line what is wrong with it
   */
  public static RoomName of(String value) {
    return new RoomName(value);
  }

  /**
   * Whether the library keeps records of its own under this name, as {@link Moderation} does.
   * Nobody can join such a room, and retention leaves it alone.
   */
  public boolean isReserved() {
    return value.equals(Moderation.TRAIL.value());
  }

  @Override
  public String toString() {
    return value;
  }
}
