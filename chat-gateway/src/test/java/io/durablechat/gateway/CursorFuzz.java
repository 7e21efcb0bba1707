package io.durablechat.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.core.Cursor;
import io.durablechat.core.RoomName;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.CRC32C;

/** Cursors made up by a fuzzer, as they are and with a sum that fits. */
public final class CursorFuzz {
  private static final RoomName ROOM = RoomName.of("r");

  private CursorFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    parse(new String(input, UTF_8));
    CRC32C sum = new CRC32C();
    sum.update(input);
    ByteBuffer summed = ByteBuffer.allocate(input.length + Integer.BYTES);
    summed.put(input).putInt((int) sum.getValue());
    parse(Base64.getUrlEncoder().withoutPadding().encodeToString(summed.array()));
  }

  private static void parse(String token) {
    Cursor cursor;
    try {
      cursor = Cursor.parse(token, ROOM);
    } catch (IllegalArgumentException e) {
      return;
    }
    if (!Cursor.parse(cursor.token(), ROOM).equals(cursor)) {
      throw new AssertionError("another cursor than " + cursor);
    }
  }
}
