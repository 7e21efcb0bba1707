package io.durablechat.jetty.workerschat;

import io.durablechat.core.RoomName;
import io.durablechat.core.Start;
import io.durablechat.core.Terms;
import io.durablechat.jetty.Conversation;
import io.durablechat.jetty.Dialect;
import io.durablechat.jetty.Opening;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The dialect {@code workers-chat}: the protocol of cloudflare/workers-chat-demo, at the paths and
 * within the limits of its server. Immutable, and safe for use by several threads.
 */
public final class WorkersChat implements Dialect {
  static final String NAME = "workers-chat";

  private static final int HISTORY = 100;
  private static final int MAX_ROOM_CHARS = 32;
  private static final int PRIVATE_ROOM_BYTES = 32;
  private static final Pattern PRIVATE_ROOM = Pattern.compile("[0-9a-f]{64}");

  /** Enough to tell the author of a message that is too long, in place of a closed connection. */
  private static final int MAX_FRAME_BYTES = 64 << 10;

  private final SecureRandom random = new SecureRandom();

  /** The dialect. */
  public WorkersChat() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<String> subprotocol() {
    return Optional.empty();
  }

  @Override
  public String rooms() {
    return "/api/room/";
  }

  @Override
  public void check(RoomName room) {
    String name = room.value();
    if (name.length() > MAX_ROOM_CHARS && !PRIVATE_ROOM.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "room name is longer than "
              + MAX_ROOM_CHARS
              + " characters, and not the 64 hex digits of a private room");
    }
  }

  /** A private room needs no making: it gets a name here that nobody can guess. */
  @Override
  public Map<String, Supplier<String>> posts() {
    return Map.of("/api/room", this::privateRoom);
  }

  private String privateRoom() {
    byte[] bits = new byte[PRIVATE_ROOM_BYTES];
    random.nextBytes(bits);
    return HexFormat.of().formatHex(bits);
  }

  @Override
  public boolean beginsAtHandshake() {
    return false;
  }

  @Override
  public Start start(Map<String, List<String>> parameters) {
    return Start.history(HISTORY);
  }

  @Override
  public int maxText(Terms terms) {
    return MAX_FRAME_BYTES;
  }

  @Override
  public Conversation begin(Opening opening) {
    return new WorkersConversation(opening);
  }
}
