package io.durablechat.tests;

import io.durablechat.core.Broadcaster;
import io.durablechat.core.Cursor;
import io.durablechat.core.Draft;
import io.durablechat.core.Durability;
import io.durablechat.core.Follower;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.MemoryMessageLog;
import io.durablechat.core.Newest;
import io.durablechat.core.Page;
import io.durablechat.core.Place;
import io.durablechat.core.Range;
import io.durablechat.core.Receipt;
import io.durablechat.core.RoomName;
import io.durablechat.testkit.BroadcasterContract;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** An engine of an application's own is tested with what the artifacts bring, and nothing else. */
final class OwnEngineTest extends BroadcasterContract {
  @Override
  protected Broadcaster open() {
    return new OwnEngine(LocalBroadcaster.on(MemoryMessageLog.of(InstantSource.system())));
  }

  /** An engine as somebody else may write it: what the interface demands, on another one. */
  private record OwnEngine(Broadcaster behind) implements Broadcaster {
    @Override
    public CompletionStage<Receipt> publish(RoomName room, Member author, Draft draft) {
      return behind.publish(room, author, draft);
    }

    @Override
    public CompletionStage<Optional<Receipt>> earlier(RoomName room, Member author, Draft draft) {
      return behind.earlier(room, author, draft);
    }

    @Override
    public CompletionStage<Page> read(RoomName room, Range range) {
      return behind.read(room, range);
    }

    @Override
    public CompletionStage<Place> locate(RoomName room, Newest newest) {
      return behind.locate(room, newest);
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
  }
}
