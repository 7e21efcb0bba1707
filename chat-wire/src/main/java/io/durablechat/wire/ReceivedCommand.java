package io.durablechat.wire;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A line from a client, of which the type and the id are read first and the rest when it is asked
 * for: so a server can count it against limits, refuse it by rights and name it in the error before
 * it looks at the values. Errors are {@link MalformedException}s whose message may be sent back.
 */
public final class ReceivedCommand {
  private static final Set<String> AROUND_MODERATION = Set.of("type", "id");

  private final StrictObject object;
  private final Optional<String> id;

  private ReceivedCommand(StrictObject object) {
    this.object = object;
    this.id = object.string("id");
  }

  /**
   * Reads one line.
   *
   * @throws MalformedException if it is not one object in strict JSON, names a member twice, has
   *     more than {@value Protocol#MAX_MEMBERS}, or an id that is no string
   */
  public static ReceivedCommand parse(String line) {
    return new ReceivedCommand(StrictObject.parse(line));
  }

  /**
   * Returns the id of what {@link #parse} refuses, so that its sender learns what was refused;
   * empty if none can be read that is fit to be repeated.
   */
  public static Optional<String> idOf(String line) {
    return repeated(StrictObject.idOf(line));
  }

  private static Optional<String> repeated(Optional<String> id) {
    return id.filter(i -> i.length() <= Protocol.MAX_ID_CHARS);
  }

  /** Returns the id to repeat in an answer; empty if there is none, or one that is too long. */
  public Optional<String> id() {
    return repeated(id);
  }

  /**
   * Returns the type, which may be one that is not known here.
   *
   * @throws MalformedException if it is missing
   */
  public String type() {
    return object.text("type");
  }

  /**
   * Returns the command of this type; empty if the type is not known here.
   *
   * @throws MalformedException if it is not whole
   */
  public Optional<Command> command() {
    return Optional.ofNullable(
        switch (type()) {
          case "hello" -> hello();
          case "auth" -> auth();
          case "publish" -> publish();
          case "history" -> history();
          case "typing" -> typing();
          case "rename" -> rename();
          case "delete" -> delete();
          case "moderate" -> moderate();
          case "ping" -> new Command.Ping();
          default -> null;
        });
  }

  /** Reads a hello. A key beside a token is passed over. */
  public Command.Hello hello() {
    Optional<String> name = object.string("name");
    Optional<String> token = object.string("token");
    return new Command.Hello(
        id,
        name,
        token.isPresent() ? Optional.empty() : object.string("key"),
        token,
        object.string("invite"),
        object.string("cursor"),
        object.number("atMost"),
        object.number("history"));
  }

  /** Reads an auth. */
  public Command.Auth auth() {
    return new Command.Auth(neededId("auth"), object.text("token"));
  }

  /** Reads a publish. */
  public Command.Publish publish() {
    return new Command.Publish(id, object.text("text"), object.number("replyTo"));
  }

  /** Reads a history. */
  public Command.History history() {
    String neededId = neededId("history");
    OptionalLong before = object.number("before");
    OptionalLong after = object.number("after");
    return new Command.History(neededId, before, after, object.number("limit"));
  }

  /** Reads a typing. */
  public Command.Typing typing() {
    return new Command.Typing(
        object.flag("on").orElseThrow(() -> MalformedException.missing("on")));
  }

  /** Reads a rename. */
  public Command.Rename rename() {
    return new Command.Rename(neededId("rename"), object.text("name"));
  }

  /** Reads a delete. */
  public Command.Delete delete() {
    return new Command.Delete(
        moderationId(), ModerationRequest.read(object.with("action", "delete"), AROUND_MODERATION));
  }

  /** Reads a moderate. */
  public Command.Moderate moderate() {
    return new Command.Moderate(moderationId(), ModerationRequest.read(object, AROUND_MODERATION));
  }

  /**
   * Returns the id of a delete or a moderate, before the rest of it is read.
   *
   * @throws MalformedException if there is none
   */
  public String moderationId() {
    return neededId("what moderates");
  }

  private String neededId(String what) {
    return id().orElseThrow(() -> new MalformedException(what + " needs an id"));
  }
}
