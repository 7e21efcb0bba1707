package io.durablechat.gateway;

import io.durablechat.core.Cursor;
import io.durablechat.core.Draft;
import io.durablechat.core.Range;
import io.durablechat.core.RoomName;
import io.durablechat.core.Start;
import io.durablechat.wire.Command;
import io.durablechat.wire.Protocol;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The values that commands of {@code chat.v1} hold. */
final class ChatV1Values {
  /** Bodies in one page of history, unless its only message is larger. */
  private static final int HISTORY_BYTES = 128 << 10;

  private ChatV1Values() {}

  /** Returns where a session wishes to begin, by its hello. */
  static Start start(Command.Hello hello, RoomName room) {
    OptionalLong atMost = hello.atMost();
    return new Start(
        hello.cursor().map(c -> Cursor.parse(c, room)),
        atMost.isPresent() ? OptionalInt.of(clamped(atMost.getAsLong())) : OptionalInt.empty(),
        clamped(hello.history().orElse(0)));
  }

  /** Returns what is to be published. */
  static Draft draft(Command.Publish publish) {
    Draft draft = Draft.text(publish.text());
    OptionalLong replyTo = publish.replyTo();
    if (replyTo.isPresent()) {
      draft = draft.inReplyTo(replyTo.getAsLong());
    }
    Optional<String> chosen = publish.id();
    return chosen.isPresent() ? draft.withId(chosen.get()) : draft;
  }

  /** Returns which messages are asked for. */
  static Range range(Command.History ask) {
    OptionalLong before = ask.before();
    OptionalLong after = ask.after();
    int limit = clamped(ask.limit().orElse(Protocol.DEFAULT_HISTORY));
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
