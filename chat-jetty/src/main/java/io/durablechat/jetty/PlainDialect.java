package io.durablechat.jetty;

import io.durablechat.core.Start;
import io.durablechat.core.Terms;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The dialect of clients that offer no subprotocol, see {@link PlainConversation}. */
final class PlainDialect implements Dialect {
  static final String NAME = "plain";
  static final PlainDialect INSTANCE = new PlainDialect();

  private static final String HISTORY = "history";

  private PlainDialect() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<String> subprotocol() {
    return Optional.empty();
  }

  @Override
  public boolean beginsAtHandshake() {
    return true;
  }

  @Override
  public Start start(Map<String, List<String>> parameters) {
    return Start.history(history(parameters));
  }

  /** Returns how many messages a client wants to hear first. */
  static int history(Map<String, List<String>> parameters) {
    List<String> values = parameters.getOrDefault(HISTORY, List.of());
    if (values.isEmpty()) {
      return 0;
    }
    if (values.stream().distinct().count() > 1) {
      throw new IllegalArgumentException("history is given twice");
    }
    String value = values.get(0);
    if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) > Start.MAX_MESSAGES) {
      throw new IllegalArgumentException(
          "history must be a number from 0 to " + Start.MAX_MESSAGES);
    }
    return Integer.parseInt(value);
  }

  @Override
  public int maxText(Terms terms) {
    return terms.maxMessageBytes();
  }

  @Override
  public Conversation begin(Opening opening) {
    return new PlainConversation(opening);
  }
}
