package io.durablechat.wire;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Commands and events with whatever values they may have, the same for each seed. */
final class RandomValues {
  /** Characters that JSON escapes, that need two surrogates, or that are like others. */
  private static final String[] CHARACTERS = {
    "a",
    "Z",
    "0",
    " ",
    "\"",
    "\\",
    "/",
    "<",
    "'",
    "\n",
    "\r",
    "\t",
    "\b",
    "\f",
    "\u0000",
    "\u001f",
    "\u007f",
    "\u00e9",
    "\u2028",
    "\u2029",
    "\ufeff",
    "\uffff",
    "\ud83d\ude00"
  };

  private final Random random;

  RandomValues(long seed) {
    random = new Random(seed);
  }

  Command command() {
    return switch (random.nextInt(9)) {
      case 0 -> hello();
      case 1 -> new Command.Auth(id(), text());
      case 2 -> new Command.Publish(maybe(this::id), text(), maybeNumber());
      case 3 -> {
        OptionalLong before = maybeNumber();
        yield new Command.History(
            id(), before, before.isPresent() ? OptionalLong.empty() : maybeNumber(), maybeNumber());
      }
      case 4 -> new Command.Typing(random.nextBoolean());
      case 5 -> new Command.Rename(id(), text());
      case 6 -> new Command.Delete(id(), request(ModerationRequest.Action.DELETE));
      case 7 -> new Command.Moderate(id(), request(any(ModerationRequest.Action.values())));
      default -> new Command.Ping();
    };
  }

  private Command.Hello hello() {
    Optional<String> token = maybe(this::text);
    return new Command.Hello(
        maybe(this::id),
        maybe(this::text),
        token.isPresent() ? Optional.empty() : maybe(this::text),
        token,
        maybe(this::text),
        maybe(this::text),
        maybeNumber(),
        maybeNumber());
  }

  private ModerationRequest request(ModerationRequest.Action action) {
    boolean hasSeq =
        action == ModerationRequest.Action.DELETE || action == ModerationRequest.Action.REVOKE;
    return new ModerationRequest(
        action,
        action.isAboutMember() ? Optional.of(text()) : Optional.empty(),
        hasSeq ? OptionalLong.of(number()) : OptionalLong.empty(),
        action == ModerationRequest.Action.SLOW ? Optional.of(time()) : Optional.empty(),
        action == ModerationRequest.Action.INVITE ? maybeNumber() : OptionalLong.empty(),
        maybe(this::time),
        action.isAboutMember() && random.nextBoolean(),
        maybe(this::text));
  }

  Event event() {
    return switch (random.nextInt(19)) {
      case 0 -> welcome();
      case 1 -> new Event.Live(number());
      case 2 -> new Event.Behind(number());
      case 3 -> new Event.Room(mode());
      case 4 -> new Event.Presence(maybe(this::members), members(), members(), count(), number());
      case 5 -> new Event.Typing(members());
      case 6 -> new Event.Refusal(maybe(this::id), text(), text(), maybe(this::time));
      case 7 ->
          new Event.History(
              id(), list(this::message), random.nextBoolean(), number(), maybeNumber());
      case 8 -> new Event.Expiring(time());
      case 9 -> new Event.Pong();
      case 10 -> new Event.Unknown("unheard of" + text());
      case 11 -> new Ok.Published(id(), number(), random.nextBoolean());
      case 12 -> new Ok.Renamed(id(), member());
      case 13 -> new Ok.Authenticated(id(), list(this::text));
      case 14 -> new Ok.Moderated(id(), number(), maybe(this::text));
      case 15 -> bye();
      case 16 ->
          new ChatEntry.Deleted(
              number(), number(), number(), member(), moment(), maybe(this::text));
      case 17 ->
          new ChatEntry.Unknown("unheard of" + text(), number(), number(), maybe(this::text));
      default -> new ChatEntry.Message(number(), message(), maybe(this::text));
    };
  }

  MessagePage page() {
    return new MessagePage(
        list(this::message),
        text(),
        text(),
        random.nextBoolean(),
        random.nextBoolean(),
        maybeNumber());
  }

  private Welcome welcome() {
    return new Welcome(
        text(),
        member(),
        list(this::text),
        text(),
        number(),
        text(),
        any(Welcome.Resume.values()),
        maybeNumber(),
        new Welcome.Limits(count(), count(), number()),
        count(),
        members(),
        number(),
        maybe(this::mode),
        text(),
        time(),
        time());
  }

  private Bye bye() {
    return new Bye(
        count(), random.nextBoolean(), maybe(() -> new Bye.Window(time(), time())), text());
  }

  private ChatMessage message() {
    return new ChatMessage(
        number(),
        maybe(this::id),
        member(),
        moment(),
        random.nextBoolean() ? ChatMessage.MESSAGE : text(),
        maybeNumber(),
        maybe(this::content));
  }

  private ChatContent content() {
    if (random.nextBoolean()) {
      return new ChatContent.Text(text());
    }
    byte[] bytes = new byte[random.nextInt(100)];
    random.nextBytes(bytes);
    return ChatContent.Data.of(ByteBuffer.wrap(bytes));
  }

  private ChatMode mode() {
    return new ChatMode(random.nextBoolean(), time());
  }

  private List<ChatMember> members() {
    return list(this::member);
  }

  private ChatMember member() {
    return new ChatMember(text(), maybe(this::text));
  }

  private Instant moment() {
    return Instant.ofEpochMilli(number());
  }

  private Duration time() {
    return Duration.ofMillis(number());
  }

  private int count() {
    return random.nextInt(Integer.MAX_VALUE);
  }

  /** Small and large ones alike. */
  private long number() {
    return (random.nextLong() & Protocol.MAX_NUMBER) >> random.nextInt(53);
  }

  private OptionalLong maybeNumber() {
    return random.nextBoolean() ? OptionalLong.of(number()) : OptionalLong.empty();
  }

  private String id() {
    return Integer.toString(random.nextInt(), Character.MAX_RADIX);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append(any(CHARACTERS));
    }
    return text.toString();
  }

  private <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
  }

  private <T> List<T> list(Supplier<T> value) {
    return Stream.generate(value).limit(random.nextInt(4)).toList();
  }

  private <T> T any(T[] values) {
    return values[random.nextInt(values.length)];
  }
}
