package io.durablechat.core;

import io.durablechat.core.RefusedException.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Passes everything on to another one, which can be exchanged, or for some kind of record fails.
 */
final class SwitchedBroadcaster implements Broadcaster {
  private Broadcaster behind;
  private Kind refused = Kind.DELETED;
  private boolean unreadable;
  private Follower follower;
  private int lookups;

  SwitchedBroadcaster(Broadcaster behind) {
    this.behind = behind;
  }

  /** From now on it refuses to keep these; {@link Kind#DELETED} is none that is published. */
  void refuse(Kind kind) {
    refused = kind;
  }

  /** Whether nothing can be read from now on. */
  void refuseReading(boolean isUnreadable) {
    unreadable = isUnreadable;
  }

  /** Has another log behind it, and tells its follower. */
  void exchange(Broadcaster other) {
    behind = other;
    follower.onLineageChanged();
  }

  @Override
  public CompletionStage<Receipt> publish(RoomName room, Member author, Draft draft) {
    return draft.kind() == refused
        ? CompletableFuture.failedFuture(RefusedException.of(Reason.STORAGE, "not now"))
        : behind.publish(room, author, draft);
  }

  @Override
  public CompletionStage<Optional<Receipt>> earlier(RoomName room, Member author, Draft draft) {
    lookups++;
    return unreadable
        ? CompletableFuture.failedFuture(RefusedException.of(Reason.STORAGE, "not now"))
        : behind.earlier(room, author, draft);
  }

  /** How often it was asked for what was handed in before. */
  int lookups() {
    return lookups;
  }

  @Override
  public CompletionStage<Page> read(RoomName room, Range range) {
    return unreadable
        ? CompletableFuture.failedFuture(RefusedException.of(Reason.STORAGE, "not now"))
        : behind.read(room, range);
  }

  @Override
  public CompletionStage<Place> locate(RoomName room, Newest newest) {
    return unreadable
        ? CompletableFuture.failedFuture(RefusedException.of(Reason.STORAGE, "not now"))
        : behind.locate(room, newest);
  }

  @Override
  public CompletionStage<Cursor> reach(RoomName room, long sequence) {
    return behind.reach(room, sequence);
  }

  @Override
  public CompletionStage<Following> follow(RoomName room, Follower newFollower) {
    follower = newFollower;
    return behind.follow(room, newFollower);
  }

  @Override
  public Durability durability() {
    return behind.durability();
  }

  @Override
  public Duration retryWindow() {
    return behind.retryWindow();
  }

  @Override
  public void close() {
    behind.close();
  }
}
