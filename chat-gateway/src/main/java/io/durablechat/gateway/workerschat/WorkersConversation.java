package io.durablechat.gateway.workerschat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.durablechat.core.Batch;
import io.durablechat.core.CloseReason;
import io.durablechat.core.Cursor;
import io.durablechat.core.Draft;
import io.durablechat.core.Joined;
import io.durablechat.core.Presence;
import io.durablechat.core.Signal;
import io.durablechat.core.Start;
import io.durablechat.gateway.Opening;
import io.durablechat.gateway.RoomConversation;
import io.durablechat.gateway.transport.EncodedFrames;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A conversation in {@code workers-chat}: the client's first frame is its name, each later one a
 * message. It is told of those who are there and of the last messages, then that it is ready.
 */
final class WorkersConversation extends RoomConversation {
  private static final int MAX_NAME_CHARS = 32;
  private static final int MAX_MESSAGE_CHARS = 256;
  private static final String NAMELESS = "anonymous";

  private static final CloseReason NAME_TOO_LONG =
      new CloseReason(1009, false, "name is longer than " + MAX_NAME_CHARS + " characters");

  private final Start start;

  // Used in the room's turn alone.
  private final Roster roster = new Roster();
  private boolean isReady;

  WorkersConversation(Opening opening) {
    super(opening, WorkersChat.NAME);
    this.start = opening.start();
  }

  @Override
  protected CompletionStage<?> onText(String text) {
    try {
      JsonObject said = Frames.read(text);
      return isIntroduced() ? onMessage(said, text.length()) : onName(said, text.length());
    } catch (IllegalArgumentException e) {
      return mistake(e.getMessage(), text.length());
    }
  }

  private CompletionStage<?> onName(JsonObject said, int length) {
    String name = text(said, "name").filter(n -> !n.isEmpty()).orElse(NAMELESS);
    if (name.length() > MAX_NAME_CHARS) {
      close(NAME_TOO_LONG);
      return READ_ON;
    }
    return enter(Optional.of(name), start, length);
  }

  private CompletionStage<?> onMessage(JsonObject said, int length) {
    Optional<String> message = text(said, "message");
    if (message.isEmpty()) {
      return mistake("message is missing", length);
    }
    return message.get().length() > MAX_MESSAGE_CHARS
        ? mistake("message is longer than " + MAX_MESSAGE_CHARS + " characters", length)
        : publish(Draft.text(message.get()));
  }

  /** Returns what this member says: a number or a truth value as it is written. */
  private static Optional<String> text(JsonObject said, String member) {
    JsonElement value = said.get(member);
    if (value == null || value.isJsonNull()) {
      return Optional.empty();
    }
    if (!value.isJsonPrimitive()) {
      throw new IllegalArgumentException(member + " must be a text");
    }
    return Optional.of(value.getAsString());
  }

  @Override
  protected String error(String why) {
    return Frames.error(why);
  }

  @Override
  public void onJoined(Joined joined) {
    roster.begin(joined).forEach(this::send);
  }

  @Override
  public Optional<EncodedFrames> encoded(Batch batch) {
    return batch.as(Frames.MESSAGES);
  }

  @Override
  public void onLive(Cursor head) {
    if (!isReady) {
      isReady = true;
      send(roster.own());
      send(Frames.READY);
    }
  }

  @Override
  public Optional<EncodedFrames> encoded(Signal signal) {
    List<String> changes =
        signal instanceof Presence presence ? roster.changes(presence) : List.of();
    return changes.isEmpty() ? Optional.empty() : Optional.of(EncodedFrames.texts(changes));
  }

  @Override
  public void onTaken(Signal signal) {
    if (signal instanceof Presence) {
      roster.onTold();
    }
  }
}
