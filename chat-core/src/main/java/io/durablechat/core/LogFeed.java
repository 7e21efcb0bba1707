package io.durablechat.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A room's following of its log: begun when the room first needs it, ended when it sleeps. Used on
 * the room's strand alone; what the broadcaster tells and completes is posted there, in the order
 * it came.
 */
final class LogFeed {
  private static final System.Logger LOG = System.getLogger(LogFeed.class.getName());

  /** What somebody wants once the log is followed, and what to do if it cannot be. */
  private record Command(Runnable run, Consumer<RefusedException> refuse) {}

  private final RoomName room;
  private final Broadcaster broadcaster;
  private final Executor strand;
  private final Runnable onLineageChanged;
  private final List<Command> waiting = new ArrayList<>();

  /** The log as it is followed now; empty while asleep. */
  private Optional<Listener> listener = Optional.empty();

  private List<Entry> arrived = new ArrayList<>();

  LogFeed(RoomName room, Broadcaster broadcaster, Strand strand, Runnable onLineageChanged) {
    this.room = room;
    this.broadcaster = broadcaster;
    this.strand = new CoalescingExecutor(strand);
    this.onLineageChanged = onLineageChanged;
  }

  /** Runs this once the log is followed, which is at once if it is. */
  void whenAwake(Runnable run, Consumer<RefusedException> refuse) {
    if (isAwake()) {
      run.run();
      return;
    }
    waiting.add(new Command(run, refuse));
    if (listener.isEmpty()) {
      follow();
    }
  }

  private void follow() {
    Listener started = new Listener();
    listener = Optional.of(started);
    onStrand(
        attempt(() -> broadcaster.follow(room, started)), started::onFollowing, started::onFailure);
  }

  private boolean isAwake() {
    return listener.isPresent() && listener.get().following.isPresent();
  }

  /** The log's end when it began to be followed; known while awake. */
  Cursor head() {
    return listener.orElseThrow().following.orElseThrow().head();
  }

  /** Whether there is something to take. */
  boolean hasArrived() {
    return !arrived.isEmpty() && isAwake();
  }

  /** What has arrived since this was last asked. */
  List<Entry> takeArrived() {
    if (!hasArrived()) {
      return List.of();
    }
    List<Entry> taken = arrived;
    arrived = new ArrayList<>();
    return taken;
  }

  CompletionStage<Page> read(Range range) {
    return attempt(() -> broadcaster.read(room, range));
  }

  CompletionStage<Place> locate(Newest newest) {
    return attempt(() -> broadcaster.locate(room, newest));
  }

  CompletionStage<Cursor> reach(long sequence) {
    return attempt(() -> broadcaster.reach(room, sequence));
  }

  CompletionStage<Receipt> publish(Member author, Draft draft) {
    return attempt(() -> broadcaster.publish(room, author, draft));
  }

  CompletionStage<Optional<Receipt>> earlier(Member author, Draft draft) {
    return attempt(() -> broadcaster.earlier(room, author, draft));
  }

  /** An engine's call, which fails by its stage whatever the engine does. */
  private static <T> CompletionStage<T> attempt(Supplier<CompletionStage<T>> call) {
    try {
      return call.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(RefusedException.storage(e));
    }
  }

  /** Lets go of the log; what it still brings is void. */
  void sleep() {
    listener.flatMap(l -> l.following).ifPresent(Broadcaster.Following::cancel);
    listener = Optional.empty();
    arrived.clear();
  }

  /** Refuses those who wait for the log. */
  void refuseWaiting(RefusedException refusal) {
    List<Command> refused = List.copyOf(waiting);
    waiting.clear();
    refused.forEach(command -> command.refuse().accept(refusal));
  }

  /** Goes on, on the strand, with what a stage brings. */
  <T> void onStrand(
      CompletionStage<T> stage, Consumer<T> onSuccess, Consumer<Throwable> onFailure) {
    stage.whenComplete(new Continuation<>(strand, onSuccess, onFailure));
  }

  /** A step after a stage, on the strand: one object, as there is one for every draft. */
  private static final class Continuation<T> implements BiConsumer<T, Throwable>, Runnable {
    private final Executor strand;
    private final Consumer<T> onSuccess;
    private final Consumer<Throwable> onFailure;
    private T result;
    private Throwable failure;

    private Continuation(Executor strand, Consumer<T> onSuccess, Consumer<Throwable> onFailure) {
      this.strand = strand;
      this.onSuccess = onSuccess;
      this.onFailure = onFailure;
    }

    @Override
    public void accept(T completed, Throwable e) {
      result = completed;
      failure = e;
      strand.execute(this);
    }

    @Override
    public void run() {
      if (failure == null) {
        onSuccess.accept(result);
      } else {
        onFailure.accept(failure);
      }
    }
  }

  /** One following, which may bring something after the room has let go of it. */
  private final class Listener implements Follower {
    private Optional<Broadcaster.Following> following = Optional.empty();

    private void onFollowing(Broadcaster.Following started) {
      if (!isCurrent()) {
        started.cancel();
        return;
      }
      following = Optional.of(started);
      List<Command> commands = List.copyOf(waiting);
      waiting.clear();
      commands.forEach(command -> command.run().run());
    }

    private void onFailure(Throwable failure) {
      LOG.log(System.Logger.Level.WARNING, "A room cannot follow its log", failure);
      if (isCurrent()) {
        listener = Optional.empty();
        refuseWaiting(RefusedException.storage(failure));
      }
    }

    @Override
    public void onEntries(List<Entry> entries) {
      strand.execute(
          () -> {
            if (isCurrent()) {
              arrived.addAll(entries);
            }
          });
    }

    @Override
    public void onLineageChanged() {
      strand.execute(
          () -> {
            if (isCurrent()) {
              sleep();
              onLineageChanged.run();
              if (!waiting.isEmpty()) {
                follow();
              }
            }
          });
    }

    private boolean isCurrent() {
      return listener.isPresent() && listener.get() == this;
    }
  }
}
