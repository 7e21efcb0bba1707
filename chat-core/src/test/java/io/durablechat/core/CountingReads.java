package io.durablechat.core;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Passes everything on to another one, counts what is read, and can hold reads back. */
final class CountingReads implements Broadcaster {
  private final Broadcaster behind;
  private final Queue<CompletableFuture<Void>> held = new ArrayDeque<>();
  private boolean isHolding;
  private int records;
  private int looks;

  CountingReads(Broadcaster behind) {
    this.behind = behind;
  }

  /** How many records were read since this was last asked. */
  int takeRecords() {
    int count = records;
    records = 0;
    return count;
  }

  /** How often something was read or located. */
  int looks() {
    return looks;
  }

  /** From now on what is asked for is on its way until it is let go. */
  void hold() {
    isHolding = true;
  }

  int held() {
    return held.size();
  }

  void letGo() {
    isHolding = false;
    while (!held.isEmpty()) {
      held.remove().complete(null);
    }
  }

  private CompletionStage<Void> gate() {
    looks++;
    if (!isHolding) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> gate = new CompletableFuture<>();
    held.add(gate);
    return gate;
  }

  @Override
  public CompletionStage<Page> read(RoomName room, Range range) {
    return gate()
        .thenCompose(free -> behind.read(room, range))
        .thenApply(
            page -> {
              records += page.messages().size();
              return page;
            });
  }

  @Override
  public CompletionStage<Place> locate(RoomName room, Newest newest) {
    return gate().thenCompose(free -> behind.locate(room, newest));
  }

  @Override
  public CompletionStage<Receipt> publish(RoomName room, Member author, Draft draft) {
    return behind.publish(room, author, draft);
  }

  @Override
  public CompletionStage<Cursor> reach(RoomName room, long sequence) {
    return behind.reach(room, sequence);
  }

  @Override
  public CompletionStage<Following> follow(RoomName room, Follower follower) {
    return behind.follow(room, follower);
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

  @Override
  public CompletionStage<Optional<Receipt>> earlier(RoomName room, Member author, Draft draft) {
    return behind.earlier(room, author, draft);
  }
}
