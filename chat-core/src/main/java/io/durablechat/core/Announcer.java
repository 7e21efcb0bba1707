package io.durablechat.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;

/**
 * Announces what became of a batch, in the order that {@link Broadcaster#publish} promises: first
 * the followers of each room are told of what was kept, then publishers get their receipts. An
 * engine that applies what was published elsewhere announces it by the same call. Used by the
 * thread that appends.
 */
final class Announcer {
  private final Followings followings;
  private final Changed changed;

  Announcer(Followings followings, Changed changed) {
    this.followings = followings;
    this.changed = changed;
  }

  /**
   * Tells followers and then settles.
   *
   * @param batch what was appended
   * @param decisions what became of each, in the same order
   * @param settle told of each decision and its index, once all followers have been told
   */
  void announce(List<Submission> batch, List<Decision> decisions, ObjIntConsumer<Decision> settle) {
    Map<RoomName, List<Entry>> kept = new LinkedHashMap<>();
    for (int i = 0; i < decisions.size(); i++) {
      if (decisions.get(i) instanceof Decision.Kept one) {
        List<Entry> inRoom = kept.computeIfAbsent(batch.get(i).room(), r -> new ArrayList<>());
        inRoom.add(one.entry());
        inRoom.addAll(one.others());
      }
    }
    changed.note(kept.keySet());
    kept.forEach(followings::tell);
    for (int i = 0; i < decisions.size(); i++) {
      settle.accept(decisions.get(i), i);
    }
  }
}
