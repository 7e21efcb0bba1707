package io.durablechat.gateway.limits;

import io.durablechat.core.CloseReason;
import io.durablechat.core.Joined;
import io.durablechat.core.Member;
import io.durablechat.core.Receipt;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RoomName;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What sessions do, for operators who watch a room or somebody live: what was said is never told,
 * only that, and how long it was. While nobody watches it costs a look at an empty list. Safe for
 * use by several threads; nothing here blocks.
 */
public final class Trace {
  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

  /** Is told of what happens, whatever it wants to know; must not block. */
  public interface Watcher {
    /** Something has happened to this member in this room. */
    void onEvent(RoomName room, Member member, String what);
  }

  public void add(Watcher watcher) {
    watchers.add(watcher);
  }

  public void remove(Watcher watcher) {
    watchers.remove(watcher);
  }

  public void onJoined(RoomName room, Joined joined) {
    if (!watchers.isEmpty()) {
      tell(room, joined.session().member(), "joined " + word(joined.resume()));
    }
  }

  /** Something of this many bytes was published, or refused. */
  void onSettled(RoomName room, Member member, int bytes, Receipt receipt, Throwable failure) {
    if (watchers.isEmpty()) {
      return;
    }
    if (failure == null) {
      String again = receipt.duplicate() ? " again" : "";
      tell(
          room,
          member,
          String.format(Locale.ROOT, "published %d, %d bytes%s", receipt.sequence(), bytes, again));
    } else {
      tell(
          room,
          member,
          "refused "
              + (Refusals.cause(failure) instanceof RefusedException refusal
                  ? word(refusal.reason())
                  : "fault"));
    }
  }

  public void onLimited(RoomName room, Member member, Throttle.Refusal over) {
    if (!watchers.isEmpty()) {
      tell(room, member, "over the limit " + over.limit().key());
    }
  }

  /** Its session has ended; with a reason if it was the server that ended it. */
  public void onClosed(RoomName room, Member member, CloseReason reason) {
    if (!watchers.isEmpty()) {
      tell(
          room,
          member,
          String.format(Locale.ROOT, "closed with %d %s", reason.code(), reason.text()));
    }
  }

  public void onGone(RoomName room, Member member) {
    if (!watchers.isEmpty()) {
      tell(room, member, "gone");
    }
  }

  private void tell(RoomName room, Member member, String what) {
    watchers.forEach(watcher -> watcher.onEvent(room, member, what));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
