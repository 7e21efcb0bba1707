package io.durablechat.wire;

import java.util.Optional;

/**
 * A member of a room, as others are told of it.
 *
 * @param id the identity: the same member in every session, and nobody else
 * @param name a label for others to read, if there is one; not unique
 */
public record ChatMember(String id, Optional<String> name) implements WireObject {
  @Override
  public void writeTo(StringBuilder text) {
    new JsonText(text).begin().put("id", id).put("name", name).end();
  }

  static ChatMember read(TolerantObject object) {
    return new ChatMember(object.text("id"), object.string("name"));
  }
}
