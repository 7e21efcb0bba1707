package io.durablechat.jetty;

import io.durablechat.core.Cursor;
import io.durablechat.core.Draft;
import io.durablechat.core.Range;
import io.durablechat.core.RoomName;
import io.durablechat.core.Start;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The values that commands of {@code chat.v1} hold. */
final class ChatV1Values {
  private static final int DEFAULT_HISTORY = 50;

  /** Bodies in one page of history, unless its only message is larger. */
  private static final int HISTORY_BYTES = 128 << 10;

  private ChatV1Values() {}

  /** Returns where a session wishes to begin, by its hello. */
  static Start start(ClientObject hello, RoomName room) {
    OptionalLong atMost = hello.number("atMost");
    return new Start(
        hello.string("cursor").map(c -> Cursor.parse(c, room)),
        atMost.isPresent() ? OptionalInt.of(clamped(atMost.getAsLong())) : OptionalInt.empty(),
        clamped(hello.number("history").orElse(0)));
  }

  /** Returns what is to be published. */
  static Draft draft(ClientObject publish) {
    Draft draft =
        Draft.text(
            publish.string("text").orElseThrow(() -> new BadRequestException("text is missing")));
    OptionalLong replyTo = publish.number("replyTo");
    if (replyTo.isPresent()) {
      draft = draft.inReplyTo(replyTo.getAsLong());
    }
    Optional<String> chosen = publish.string("id");
    return chosen.isPresent() ? draft.withId(chosen.get()) : draft;
  }

  /** Returns which messages are asked for. */
  static Range range(ClientObject ask) {
    OptionalLong before = ask.number("before");
    OptionalLong after = ask.number("after");
    int limit = clamped(ask.number("limit").orElse(DEFAULT_HISTORY));
    if (before.isPresent() && after.isPresent()) {
      throw new BadRequestException("history goes before or after a seq, not both");
    }
    Range range =
        before.isPresent()
            ? Range.before(before.getAsLong(), limit)
            : after.isPresent() ? Range.after(after.getAsLong(), limit) : Range.last(limit);
    return range.ofMessages().withBytes(HISTORY_BYTES);
  }

  /** Past the limit stays past the limit, where the check is. */
  private static int clamped(long number) {
    return (int) Math.min(number, Integer.MAX_VALUE);
  }
}
