package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.durablechat.core.Batch;
import io.durablechat.core.Body;
import io.durablechat.core.CloseReason;
import io.durablechat.core.Content.Kind;
import io.durablechat.core.Cursor;
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
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The objects a server says in {@code chat.v1}, as lines; see {@code docs/protocol.md}. */
final class ServerObjects {
  /** A batch as one frame: an object a line, the last one with the cursor after it. */
  static final Batch.Encoding<Optional<EncodedFrames>> BATCH = ServerObjects::batch;

  /** Who is there, or types. */
  static final Signal.Encoding<Optional<EncodedFrames>> SIGNAL = ServerObjects::signal;

  static final String PONG = object("pong").toString();

  private ServerObjects() {}

  static String welcome(
      Room room, Joined joined, Set<Right> rights, Terms terms, Duration heartbeat) {
    JsonObject o = object("welcome");
    o.addProperty("session", joined.session().id());
    o.add("you", member(joined.session().member()));
    o.add("may", may(rights));
    o.addProperty("room", room.name().value());
    o.addProperty("head", joined.head().sequence());
    o.addProperty("cursor", joined.cursor().token());
    o.addProperty("resume", name(joined.resume()));
    joined.first().ifPresent(first -> o.addProperty("first", first));
    JsonObject limits = new JsonObject();
    limits.addProperty("message", terms.maxMessageBytes());
    limits.addProperty("waiting", terms.sessionDrafts());
    limits.addProperty("waitingBytes", terms.sessionBytes());
    o.add("limits", limits);
    o.addProperty("count", joined.memberCount());
    if (!joined.members().isEmpty()) {
      o.add("members", members(joined.members()));
    }
    o.addProperty("version", joined.presenceVersion());
    if (!joined.mode().equals(RoomMode.FREE)) {
      put(joined.mode(), o);
    }
    o.addProperty("durability", name(terms.durability()));
    o.addProperty("retryWindow", terms.retryWindow().toMillis());
    o.addProperty("heartbeat", heartbeat.toMillis());
    return o.toString();
  }

  private static void put(RoomMode mode, JsonObject o) {
    o.addProperty("locked", mode.isLocked());
    o.addProperty("slow", mode.slow().toMillis());
  }

  /** How the room goes from now on. */
  static String room(RoomMode mode) {
    JsonObject o = object("room");
    put(mode, o);
    return o.toString();
  }

  static String ok(String id, Receipt receipt) {
    JsonObject o = object("ok");
    o.addProperty("id", id);
    o.addProperty("seq", receipt.sequence());
    o.addProperty("duplicate", receipt.duplicate());
    return o.toString();
  }

  static String renamed(String id, Member member) {
    JsonObject o = object("ok");
    o.addProperty("id", id);
    o.add("you", member(member));
    return o.toString();
  }

  static String authenticated(String id, Set<Right> rights) {
    JsonObject o = object("ok");
    o.addProperty("id", id);
    o.add("may", may(rights));
    return o.toString();
  }

  /** What was decided is kept, and holds. */
  static String ruled(String id, Moderator.Done done) {
    JsonObject o = object("ok");
    o.addProperty("id", id);
    put(done, o);
    return o.toString();
  }

  static void put(Moderator.Done done, JsonObject o) {
    o.addProperty("seq", done.sequence());
    done.invite().ifPresent(invite -> o.addProperty("invite", invite));
  }

  private static JsonArray may(Set<Right> rights) {
    JsonArray may = new JsonArray();
    rights.stream().sorted().forEach(right -> may.add(name(right)));
    return may;
  }

  /** The token that was shown is good for so long. */
  static String expiring(Duration left) {
    JsonObject o = object("expiring");
    o.addProperty("in", Math.max(0, left.toMillis()));
    return o.toString();
  }

  static String error(Optional<String> id, RefusedException refusal) {
    return error(id, name(refusal.reason()), refusal.getMessage(), refusal.retryAfter());
  }

  static String error(
      Optional<String> id, String code, String message, Optional<Duration> retryAfter) {
    JsonObject o = object("error");
    id.ifPresent(i -> o.addProperty("id", i));
    o.addProperty("code", code);
    o.addProperty("message", message);
    retryAfter.ifPresent(time -> o.addProperty("retryAfter", time.toMillis()));
    return o.toString();
  }

  static String level(String type, Cursor head) {
    JsonObject o = object(type);
    o.addProperty("head", head.sequence());
    return o.toString();
  }

  static String bye(CloseReason reason, Comeback comeback) {
    JsonObject o = object("bye");
    o.addProperty("code", reason.code());
    o.addProperty("reconnect", reason.reconnect());
    if (reason.reconnect()) {
      JsonArray after = new JsonArray();
      after.add(Comeback.MIN.toMillis());
      after.add(comeback.within().toMillis());
      o.add("after", after);
    }
    o.addProperty("reason", reason.text());
    return o.toString();
  }

  private static Optional<EncodedFrames> signal(Signal signal) {
    JsonObject said =
        signal instanceof Presence presence ? presence(presence) : typing((Typing) signal);
    return Optional.of(EncodedFrames.text(said.toString()));
  }

  private static JsonObject presence(Presence presence) {
    JsonObject o = object("presence");
    presence.whole().ifPresent(all -> o.add("members", members(all)));
    if (!presence.joined().isEmpty()) {
      o.add("join", members(presence.joined()));
    }
    if (!presence.left().isEmpty()) {
      o.add("leave", members(presence.left()));
    }
    o.addProperty("count", presence.count());
    o.addProperty("version", presence.version());
    return o;
  }

  private static JsonObject typing(Typing typing) {
    JsonObject o = object("typing");
    o.add("who", members(typing.who()));
    return o;
  }

  private static Optional<EncodedFrames> batch(Batch batch) {
    List<Entry> messages = batch.entries();
    StringBuilder lines = new StringBuilder(messages.size() * 256);
    for (int i = 0; i < messages.size(); i++) {
      JsonObject o = liveMessage(messages.get(i));
      if (i == messages.size() - 1) {
        o.addProperty("cursor", batch.cursor().token());
      }
      lines.append(o).append('\n');
    }
    lines.setLength(lines.length() - 1);
    return Optional.of(EncodedFrames.text(lines.toString()));
  }

  /** A page of history. Its messages have no {@code prev}: they are no part of the live chain. */
  static String history(String id, Page page) {
    JsonObject o = object("history");
    o.addProperty("id", id);
    o.add("messages", messages(page));
    o.addProperty("more", page.hasMore());
    o.addProperty("head", page.head().sequence());
    if (page.trimmedThrough() > 0) {
      o.addProperty("trimmedThrough", page.trimmedThrough());
    }
    return o.toString();
  }

  static JsonArray messages(Page page) {
    JsonArray messages = new JsonArray();
    page.entries().forEach(message -> messages.add(message(new JsonObject(), message)));
    return messages;
  }

  /** A message as sessions are told of it: each names the one before. */
  static JsonObject liveMessage(Entry message) {
    if (message.content().kind() == Kind.DELETE) {
      return deleted(message);
    }
    JsonObject o = object("message");
    o.addProperty("seq", message.sequence());
    o.addProperty("prev", message.previous());
    return message(o, message);
  }

  private static JsonObject deleted(Entry message) {
    JsonObject o = object("deleted");
    o.addProperty("seq", message.sequence());
    o.addProperty("prev", message.previous());
    o.addProperty("target", message.content().refersTo().orElseThrow());
    o.add("from", member(message.author()));
    o.addProperty("at", message.at().toEpochMilli());
    return o;
  }

  private static JsonObject message(JsonObject o, Entry message) {
    Body body = message.draft().body();
    o.addProperty("seq", message.sequence());
    // To everybody, so that all can share the bytes; an id means nothing but to its author. It can
    // be words, though: of what is deleted they are not shown.
    message
        .draft()
        .id()
        .filter(id -> message.content().kind() != Kind.DELETED)
        .ifPresent(id -> o.addProperty("id", id));
    o.add("from", member(message.author()));
    o.addProperty("at", message.at().toEpochMilli());
    o.addProperty("kind", name(message.content().kind()));
    String refersTo = message.content().kind() == Kind.DELETE ? "target" : "replyTo";
    message.content().refersTo().ifPresent(sequence -> o.addProperty(refersTo, sequence));
    if (!message.content().kind().isSaid()) {
      return o;
    }
    if (body.isText()) {
      o.addProperty("text", body.text());
    } else {
      o.addProperty("data", UTF_8.decode(Base64.getEncoder().encode(body.bytes())).toString());
    }
    return o;
  }

  static JsonArray members(List<Member> members) {
    JsonArray array = new JsonArray(members.size());
    members.forEach(m -> array.add(member(m)));
    return array;
  }

  private static JsonObject member(Member member) {
    JsonObject o = new JsonObject();
    o.addProperty("id", member.identity());
    member.name().ifPresent(name -> o.addProperty("name", name));
    return o;
  }

  private static JsonObject object(String type) {
    JsonObject o = new JsonObject();
    o.addProperty("type", type);
    return o;
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
