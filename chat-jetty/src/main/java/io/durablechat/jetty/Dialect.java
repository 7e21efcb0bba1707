package io.durablechat.jetty;

import io.durablechat.core.Start;
import io.durablechat.core.Terms;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A wire protocol that clients may speak by WebSocket: how it is asked for, how long its messages
 * may be, and how a connection begins to speak it. Immutable.
 */
interface Dialect {
  /** The name by which it is counted and switched on. */
  String name();

  /** The name by which clients ask for it in their handshake; empty if by naming none. */
  Optional<String> subprotocol();

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
