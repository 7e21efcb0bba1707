package io.durablechat.wire;

import java.util.List;
import java.util.Optional;

/** An {@code ok}: a command was done. */
public sealed interface Ok extends Event {
  /** Returns the id of the command. */
  String id();

  /**
   * A message is kept.
   *
   * @param seq its position in the room
   * @param duplicate whether it was kept before, by the same id
   */
  record Published(String id, long seq, boolean duplicate) implements Ok {
    @Override
    public void writeTo(StringBuilder text) {
      new JsonText(text)
          .begin("ok")
          .put("id", id)
          .put("seq", seq)
          .put("duplicate", duplicate)
          .end();
    }
  }

  /** The member has another name. */
  record Renamed(String id, ChatMember you) implements Ok {
    @Override
    public void writeTo(StringBuilder text) {
      new JsonText(text).begin("ok").put("id", id).put("you", you).end();
    }
  }

  /**
   * Another token is valid.
   *
   * @param may the rights in this room from now on
   */
  record Authenticated(String id, List<String> may) implements Ok {
    @Override
    public void writeTo(StringBuilder text) {
      new JsonText(text).begin("ok").put("id", id).put("may", may, JsonText::add).end();
    }
  }

  /**
   * A decision is kept, and holds.
   *
   * @param seq of the record that says so
   * @param invite what to show, if it is an invite
   */
  record Moderated(String id, long seq, Optional<String> invite) implements Ok {
    @Override
    public void writeTo(StringBuilder text) {
      new JsonText(text).begin("ok").put("id", id).put("seq", seq).put("invite", invite).end();
    }
  }

  static Ok read(TolerantObject object) {
    String id = object.text("id");
    if (object.has("you")) {
      return new Renamed(id, ChatMember.read(object.object("you")));
    }
    if (object.has("may")) {
      return new Authenticated(id, object.strings("may"));
    }
    return object.has("duplicate")
        ? new Published(id, object.whole("seq"), object.isSet("duplicate"))
        : new Moderated(id, object.whole("seq"), object.string("invite"));
  }
}
