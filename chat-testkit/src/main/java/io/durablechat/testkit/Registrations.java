package io.durablechat.testkit;

import io.durablechat.core.Broadcaster;
import io.durablechat.core.Broadcaster.Following;
import io.durablechat.core.Cursor;
import io.durablechat.core.Entry;
import io.durablechat.core.Follower;
import io.durablechat.core.RoomName;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** The followers that a {@link FaultyBroadcaster} has passed on and that have not ended. */
final class Registrations {
  private final List<Registration> registrations = new CopyOnWriteArrayList<>();

  int size() {
    return registrations.size();
  }

  CompletionStage<Following> follow(Broadcaster behind, RoomName room, Follower follower) {
    Registration registration = new Registration(follower);
    registrations.add(registration);
    return behind
        .follow(room, registration)
        .whenComplete(
            (following, failure) -> {
              if (failure != null) {
                registrations.remove(registration);
              }
            })
        .thenApply(registration::begun);
  }

  /** Ends all, and tells each that the lineage has changed. */
  void changeLineage() {
    registrations.forEach(Registration::onLineageChanged);
  }

  private final class Registration implements Follower {
    private final Follower follower;
    private volatile boolean hasEnded;
    private volatile Optional<Following> following = Optional.empty();

    private Registration(Follower follower) {
      this.follower = follower;
    }

    private Following begun(Following started) {
      following = Optional.of(started);
      if (hasEnded) {
        started.cancel();
      }
      return new Following() {
        @Override
        public Cursor head() {
          return started.head();
        }

        @Override
        public void cancel() {
          end();
        }
      };
    }

    private void end() {
      hasEnded = true;
      registrations.remove(this);
      following.ifPresent(Following::cancel);
    }

    @Override
    public void onEntries(List<Entry> entries) {
      if (!hasEnded) {
        follower.onEntries(entries);
      }
    }

    @Override
    public void onLineageChanged() {
      if (!hasEnded) {
        end();
        follower.onLineageChanged();
      }
    }
  }
}
