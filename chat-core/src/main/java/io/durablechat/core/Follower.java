package io.durablechat.core;

import java.util.List;

/** Is told of what a room's log takes in. Called by one thread at a time; must not block. */
public interface Follower {
  /**
   * Records were kept: consecutive, in order, without hole or repeat since the head that {@link
   * Broadcaster#follow} named.
   */
  void onEntries(List<Entry> entries);

  /**
   * The log was set back or replaced: what was told before no longer holds, and nothing more will
   * be told. What is read from then on is of the new lineage, and so is the head that following
   * anew names.
   */
  void onLineageChanged();
}
