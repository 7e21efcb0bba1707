package io.durablechat.jetty;

import io.durablechat.core.Start;
import io.durablechat.core.Terms;
import io.durablechat.wire.Protocol;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The dialect {@code chat.v1}, see {@link ChatV1Conversation}. */
final class ChatV1Dialect implements Dialect {
  static final ChatV1Dialect INSTANCE = new ChatV1Dialect();

  private ChatV1Dialect() {}

  @Override
  public String name() {
    return Protocol.SUBPROTOCOL;
  }

  @Override
  public Optional<String> subprotocol() {
    return Optional.of(Protocol.SUBPROTOCOL);
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
    return Protocol.maxLine(terms.maxMessageBytes());
  }

  @Override
  public Conversation begin(Opening opening) {
    return new ChatV1Conversation(opening);
  }
}
