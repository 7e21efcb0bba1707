package io.durablechat.jetty;

import io.durablechat.core.Start;
import io.durablechat.core.Terms;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The dialect {@code chat.v1}, see {@link ChatV1Conversation}. */
final class ChatV1Dialect implements Dialect {
  /** Its name in {@code Sec-WebSocket-Protocol}. */
  static final String SUBPROTOCOL = "chat.v1";

  @Override
  public String name() {
    return SUBPROTOCOL;
  }

  @Override
  public Optional<String> subprotocol() {
    return Optional.of(SUBPROTOCOL);
  }

  /** Its clients are in the room once they are told so. */
  @Override
  public boolean beginsAtHandshake() {
    return false;
  }

  /** Its clients say so in their hello; a parameter that is wrong is wrong here, too. */
  @Override
  public Start start(Map<String, List<String>> parameters) {
    PlainDialect.history(parameters);
    return Start.live();
  }

  @Override
  public int maxText(Terms terms) {
    return Reception.maxJson(terms);
  }

  @Override
  public Conversation begin(Opening opening) {
    return new ChatV1Conversation(opening);
  }
}
