package io.durablechat.wire;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A command of {@code chat.v1}: what a client says. A server reads one by {@link ReceivedCommand}.
 *
 * <p>What is checked here is that it is whole. Whether its values are within their limits is said
 * by the server.
 */
public sealed interface Command extends WireObject {
  /**
   * Comes into the room; the first command of a session.
   *
   * @param id is repeated in an error
   * @param name a label for others to read
   * @param key a secret that makes the client the same member in every session
   * @param token what shows who the client is, in place of a key
   * @param invite opens a room that is closed otherwise
   * @param cursor the last one received: the session goes on after it
   * @param atMost how many of the messages that were missed are wanted
   * @param history how many messages from before are wanted, without a cursor that holds
   */
  record Hello(
      Optional<String> id,
      Optional<String> name,
      Optional<String> key,
      Optional<String> token,
      Optional<String> invite,
      Optional<String> cursor,
      OptionalLong atMost,
      OptionalLong history)
      implements Command {
    /**
     * Checks that it says one way at most who the client is.
     *
     * @throws IllegalArgumentException if it says two
     */
    public Hello {
      if (key.isPresent() && token.isPresent()) {
        throw new IllegalArgumentException("hello says a key or a token, not both");
      }
    }

    /** Returns a hello of somebody new, from now on. */
    public static Hello anonymous() {
      return new Hello(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          OptionalLong.empty(),
          OptionalLong.empty());
    }

    /** Returns this of the guest with this key. */
    public Hello withKey(String newKey) {
      return new Hello(
          id, name, Optional.of(newKey), Optional.empty(), invite, cursor, atMost, history);
    }

    /** Returns this with the cursor to go on after, if there is one. */
    public Hello withCursor(Optional<String> newCursor) {
      return new Hello(id, name, key, token, invite, newCursor, atMost, history);
    }

    @Override
    public void writeTo(StringBuilder text) {
      new JsonText(text)
          .begin("hello")
          .put("id", id)
          .put("name", name)
          .put("key", key)
          .put("token", token)
          .put("invite", invite)
          .put("cursor", cursor)
          .put("atMost", atMost)
          .put("history", history)
          .end();
    }
  }

  /** Shows another token of the same identity, before the first one expires. */
  record Auth(String id, String token) implements Command {
    @Override
    public void writeTo(StringBuilder text) {
      new JsonText(text).begin("auth").put("id", id).put("token", token).end();
    }
  }

  /**
   * Publishes a text.
   *
   * @param id makes it idempotent, and has it answered
   * @param replyTo the {@code seq} of the message that this one answers
   */
  record Publish(Optional<String> id, String text, OptionalLong replyTo) implements Command {
    /** Returns one with an id that answers no other message. */
    public static Publish of(String id, String text) {
      return new Publish(Optional.of(id), text, OptionalLong.empty());
    }

    /** Returns one without an id, which is not answered and may be kept twice if said twice. */
    public static Publish of(String text) {
      return new Publish(Optional.empty(), text, OptionalLong.empty());
    }

    @Override
    public void writeTo(StringBuilder line) {
      new JsonText(line)
          .begin("publish")
          .put("id", id)
          .put("text", text)
          .put("replyTo", replyTo)
          .end();
    }
  }

  /**
   * Asks for a page of messages: the newest before a {@code seq}, the oldest after one, or the
   * newest of all.
   */
  record History(String id, OptionalLong before, OptionalLong after, OptionalLong limit)
      implements Command {
    /**
     * Checks that it goes one way.
     *
     * @throws MalformedException if it goes both
     */
    public History {
      if (before.isPresent() && after.isPresent()) {
        throw new MalformedException("history goes before or after a seq, not both");
      }
    }

    @Override
    public void writeTo(StringBuilder text) {
      new JsonText(text)
          .begin("history")
          .put("id", id)
          .put("before", before)
          .put("after", after)
          .put("limit", limit)
          .end();
    }
  }

  /** Tells the others that the member types, or no longer does. */
  record Typing(boolean on) implements Command {
    @Override
    public void writeTo(StringBuilder text) {
      new JsonText(text).begin("typing").put("on", on).end();
    }
  }

  /** Changes the name of this session's member. */
  record Rename(String id, String name) implements Command {
    @Override
    public void writeTo(StringBuilder text) {
      new JsonText(text).begin("rename").put("id", id).put("name", name).end();
    }
  }

  /** Deletes a message: a word of its own for {@link Moderate} with that action. */
  record Delete(String id, ModerationRequest request) implements Command {
    /**
     * Checks that something is to be deleted.
     *
     * @throws IllegalArgumentException if something else is to be done
     */
    public Delete {
      if (request.action() != ModerationRequest.Action.DELETE) {
        throw new IllegalArgumentException("not to be deleted: " + request.action().word());
      }
    }

    @Override
    public void writeTo(StringBuilder text) {
      JsonText json = new JsonText(text).begin("delete").put("id", id);
      request.putRest(json);
      json.end();
    }
  }

  /** Decides about a member or about the room. */
  record Moderate(String id, ModerationRequest request) implements Command {
    @Override
    public void writeTo(StringBuilder text) {
      JsonText json =
          new JsonText(text).begin("moderate").put("id", id).put("action", request.action().word());
      request.putRest(json);
      json.end();
    }
  }

  /** Asks for a {@code pong}. */
  record Ping() implements Command {
    @Override
    public void writeTo(StringBuilder text) {
      new JsonText(text).begin("ping").end();
    }
  }
}
