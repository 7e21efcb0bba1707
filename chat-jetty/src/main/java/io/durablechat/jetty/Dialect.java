package io.durablechat.jetty;

import io.durablechat.core.RoomName;
import io.durablechat.core.Start;
import io.durablechat.core.Terms;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A wire protocol that clients may speak by WebSocket: how it is asked for, how long its messages
 * may be, and how a connection begins to speak it. Immutable, and safe for use by several threads.
 *
 * <p>Which are spoken, {@link EndpointSettings#dialects} says. One of an application's own begins
 * its conversations as a {@link RoomConversation}, which leaves nothing but words to be written.
 */
public interface Dialect {
  /** Returns the dialect of clients that offer no subprotocol: each frame goes out unchanged. */
  static Dialect plain() {
    return PlainDialect.INSTANCE;
  }

  /** Returns the dialect {@code chat.v1}. */
  static Dialect chatV1() {
    return ChatV1Dialect.INSTANCE;
  }

  /** The name by which it is counted and switched on. */
  String name();

  /** The name by which clients ask for it in their handshake; empty if by naming none. */
  Optional<String> subprotocol();

  /**
   * Returns the path below which its rooms are, with a slash at both ends: a WebSocket to one is at
   * {@code {rooms}{room}/websocket}. There {@link #subprotocol} tells it from others.
   */
  default String rooms() {
    return RoomPath.ROOMS;
  }

  /**
   * Checks that its clients may name this room.
   *
   * @throws IllegalArgumentException saying in one line why not
   */
  default void check(RoomName room) {}

  /**
   * Returns what a {@code POST} to each of these paths is answered with, as plain text: by whatever
   * the function gives each time. What holds for requests holds for them: who may ask, from which
   * pages, and how often. The functions must not block.
   */
  default Map<String, Supplier<String>> posts() {
    return Map.of();
  }

  /**
   * Returns whether sessions begin where the room's log ended before the handshake was answered, so
   * that whoever has the answer counts as being there.
   */
  boolean beginsAtHandshake();

  /**
   * Returns where a session begins, by the parameters of its handshake.
   *
   * @throws IllegalArgumentException saying in one line what is wrong with a parameter
   */
  Start start(Map<String, List<String>> parameters);

  /** Returns the longest text message that a client may send, in bytes. */
  int maxText(Terms terms);

  /** Begins to speak it on a connection that is open. */
  Conversation begin(Opening opening);
}
