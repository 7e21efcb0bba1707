package io.durablechat.gateway;

import io.durablechat.core.Batch;
import io.durablechat.core.Body;
import io.durablechat.core.CloseReason;
import io.durablechat.core.Content.Kind;
import io.durablechat.core.Cursor;
import io.durablechat.core.Draft;
import io.durablechat.core.Entry;
import io.durablechat.core.Joined;
import io.durablechat.core.Member;
import io.durablechat.core.Page;
import io.durablechat.core.Presence;
import io.durablechat.core.Receipt;
import io.durablechat.core.RefusedException;
import io.durablechat.core.Room;
import io.durablechat.core.RoomMode;
import io.durablechat.core.Signal;
import io.durablechat.core.Terms;
import io.durablechat.core.Typing;
import io.durablechat.gateway.auth.Right;
import io.durablechat.gateway.transport.EncodedFrames;
import io.durablechat.wire.Bye;
import io.durablechat.wire.ChatContent;
import io.durablechat.wire.ChatEntry;
import io.durablechat.wire.ChatMember;
import io.durablechat.wire.ChatMessage;
import io.durablechat.wire.ChatMode;
import io.durablechat.wire.ErrorCode;
import io.durablechat.wire.Event;
import io.durablechat.wire.Ok;
import io.durablechat.wire.Welcome;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The values of a room as the objects that {@code chat.v1} has for them. */
public final class ServerObjects {
  /** A batch as one frame: an object a line, the last one with the cursor after it. */
  static final Batch.Encoding<Optional<EncodedFrames>> BATCH = ServerObjects::batch;

  /** Who is there, or types. */
  static final Signal.Encoding<Optional<EncodedFrames>> SIGNAL =
      signal -> Optional.of(EncodedFrames.text(signal(signal).toJson()));

  static final String PONG = new Event.Pong().toJson();

  private ServerObjects() {}

  public static Welcome welcome(
      Room room, Joined joined, Set<Right> rights, Terms terms, Duration heartbeat) {
    return new Welcome(
        joined.session().id(),
        member(joined.session().member()),
        may(rights),
        room.name().value(),
        joined.head().sequence(),
        joined.cursor().token(),
        resume(joined.resume()),
        joined.first(),
        new Welcome.Limits(terms.maxMessageBytes(), terms.sessionDrafts(), terms.sessionBytes()),
        joined.memberCount(),
        members(joined.members()),
        joined.presenceVersion(),
        Optional.of(joined.mode()).filter(m -> !m.equals(RoomMode.FREE)).map(ServerObjects::mode),
        word(terms.durability()),
        terms.retryWindow(),
        heartbeat);
  }

  private static Welcome.Resume resume(Joined.Resume resume) {
    return switch (resume) {
      case FRESH -> Welcome.Resume.FRESH;
      case EXACT -> Welcome.Resume.EXACT;
      case TRIMMED -> Welcome.Resume.TRIMMED;
      case SKIPPED -> Welcome.Resume.SKIPPED;
      case RESET -> Welcome.Resume.RESET;
    };
  }

  /** How the room goes from now on. */
  public static Event room(RoomMode mode) {
    return new Event.Room(mode(mode));
  }

  private static ChatMode mode(RoomMode mode) {
    return new ChatMode(mode.isLocked(), mode.slow());
  }

  static Ok ok(String id, Receipt receipt) {
    return new Ok.Published(id, receipt.sequence(), receipt.duplicate());
  }

  static Ok renamed(String id, Member member) {
    return new Ok.Renamed(id, member(member));
  }

  static Ok authenticated(String id, Set<Right> rights) {
    return new Ok.Authenticated(id, may(rights));
  }

  /** What was decided is kept, and holds. */
  static Ok ruled(String id, Moderator.Done done) {
    return new Ok.Moderated(id, done.sequence(), done.invite());
  }

  private static List<String> may(Set<Right> rights) {
    return rights.stream().sorted().map(ServerObjects::word).toList();
  }

  /** The token that was shown is good for so long. */
  static Event expiring(Duration left) {
    return new Event.Expiring(left.isNegative() ? Duration.ZERO : left);
  }

  static Event error(Optional<String> id, RefusedException refusal) {
    return error(id, code(refusal.reason()), refusal.getMessage(), refusal.retryAfter());
  }

  static Event error(
      Optional<String> id, ErrorCode code, String message, Optional<Duration> retryAfter) {
    return new Event.Refusal(id, code.word(), message, retryAfter);
  }

  private static ErrorCode code(RefusedException.Reason reason) {
    return switch (reason) {
      case CONFLICT -> ErrorCode.CONFLICT;
      case FORBIDDEN -> ErrorCode.FORBIDDEN;
      case BANNED -> ErrorCode.BANNED;
      case MUTED -> ErrorCode.MUTED;
      case LOCKED -> ErrorCode.LOCKED;
      case SLOW_MODE -> ErrorCode.SLOW_MODE;
      case NOT_FOUND -> ErrorCode.NOT_FOUND;
      case TOO_LARGE -> ErrorCode.TOO_LARGE;
      case OVERLOADED -> ErrorCode.OVERLOADED;
      case STORAGE -> ErrorCode.STORAGE;
      case CLOSED -> ErrorCode.CLOSED;
    };
  }

  public static Event live(Cursor head) {
    return new Event.Live(head.sequence());
  }

  public static Event behind(Cursor head) {
    return new Event.Behind(head.sequence());
  }

  public static Bye bye(CloseReason reason, Comeback comeback) {
    return new Bye(
        reason.code(),
        reason.reconnect(),
        reason.reconnect()
            ? Optional.of(new Bye.Window(Comeback.MIN, comeback.within()))
            : Optional.empty(),
        reason.text());
  }

  private static Event signal(Signal signal) {
    return signal instanceof Presence presence
        ? new Event.Presence(
            presence.whole().map(ServerObjects::members),
            members(presence.joined()),
            members(presence.left()),
            presence.count(),
            presence.version())
        : new Event.Typing(members(((Typing) signal).who()));
  }

  private static Optional<EncodedFrames> batch(Batch batch) {
    List<Entry> messages = batch.entries();
    StringBuilder lines = new StringBuilder(messages.size() * 256);
    for (int i = 0; i < messages.size(); i++) {
      boolean isLast = i == messages.size() - 1;
      entry(messages.get(i), isLast ? Optional.of(batch.cursor().token()) : Optional.empty())
          .writeTo(lines);
      if (!isLast) {
        lines.append('\n');
      }
    }
    return Optional.of(EncodedFrames.text(lines.toString()));
  }

  /** A page of history. Its messages have no {@code prev}: they are no part of the live chain. */
  static Event history(String id, Page page) {
    return new Event.History(
        id, messages(page), page.hasMore(), page.head().sequence(), trimmedThrough(page));
  }

  public static OptionalLong trimmedThrough(Page page) {
    return page.trimmedThrough() > 0
        ? OptionalLong.of(page.trimmedThrough())
        : OptionalLong.empty();
  }

  public static List<ChatMessage> messages(Page page) {
    return page.entries().stream().map(ServerObjects::message).toList();
  }

  /** A message as sessions are told of it: each names the one before. */
  public static ChatEntry entry(Entry message, Optional<String> cursor) {
    return message.content().kind() == Kind.DELETE
        ? new ChatEntry.Deleted(
            message.sequence(),
            message.previous(),
            message.content().refersTo().orElseThrow(),
            member(message.author()),
            message.at(),
            cursor)
        : new ChatEntry.Message(message.previous(), message(message), cursor);
  }

  private static ChatMessage message(Entry message) {
    Draft draft = message.draft();
    return new ChatMessage(
        message.sequence(),
        // To everybody, so that all can share the bytes; an id means nothing but to its author. It
        // can be words, though: of what is deleted they are not shown.
        message.content().kind() == Kind.DELETED ? Optional.empty() : draft.id(),
        member(message.author()),
        message.at(),
        kind(message.content().kind()),
        message.content().refersTo(),
        message.content().kind().isSaid() ? Optional.of(content(draft.body())) : Optional.empty());
  }

  private static String kind(Kind kind) {
    return switch (kind) {
      case MESSAGE -> ChatMessage.MESSAGE;
      case PLAIN -> ChatMessage.PLAIN;
      case DELETED -> ChatMessage.DELETED;
      case DELETE, RULING -> word(kind);
    };
  }

  private static ChatContent content(Body body) {
    return body.isText() ? new ChatContent.Text(body.text()) : ChatContent.Data.of(body.bytes());
  }

  static List<ChatMember> members(List<Member> members) {
    return members.stream().map(ServerObjects::member).toList();
  }

  private static ChatMember member(Member member) {
    return new ChatMember(member.identity(), member.name());
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
