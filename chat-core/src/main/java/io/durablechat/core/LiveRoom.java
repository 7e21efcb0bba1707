package io.durablechat.core;

import io.durablechat.core.RefusedException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A room while somebody uses it: the owner of its order of events and of its sessions.
 *
 * <p>Everything happens on the strand; other threads post to it: sessions what they want, the
 * broadcaster what was kept. What was kept reaches the sessions at the end of the turn it arrived
 * in, as one batch.
 *
 * <p>Whoever calls from outside holds a pin (see {@link LiveDirectory}), so that a room is not put
 * to sleep while something is on its way to it. A session's pin is given back when it has left.
 */
final class LiveRoom {
  private static final System.Logger LOG = System.getLogger(LiveRoom.class.getName());

  /** A draft on its way, and whom to tell. */
  private record Publication(
      Member author, Draft draft, Allowance allowance, CompletableFuture<Receipt> receipt) {
    private Publication(Member author, Draft draft, Allowance allowance) {
      this(author, draft, allowance, new CompletableFuture<>());
    }
  }

  /** What somebody wants of the room once it follows its log. */
  private record Command(Runnable run, Consumer<RefusedException> refuse) {}

  private final RoomName name;
  private final RoomSettings settings;
  private final Runnable unpin;
  private final Strand strand;
  private final Audience audience;
  private final List<Command> waiting = new ArrayList<>();

  /** The log as followed now; empty while asleep. */
  private Optional<Feed> feed = Optional.empty();

  private List<Message> arrived = new ArrayList<>();

  /** The last message handed to the audience; known while awake. */
  private Cursor head;

  /** Drafts handed in and neither kept nor refused yet. */
  private int unsettled;

  private Optional<Drain> drain = Optional.empty();
  private boolean isDrained;

  LiveRoom(RoomName name, RoomSettings settings, Runnable unpin) {
    this.name = name;
    this.settings = settings;
    this.unpin = unpin;
    this.strand = new Strand(settings.executor(), this::fanOut);
    this.audience = new Audience(name, settings.policy());
  }

  void post(Runnable task) {
    strand.execute(task);
  }

  LiveSession join(Member member, Start start, Outbox outbox) {
    LiveSession session = new LiveSession(this, member, outbox, settings.sessionAllowance());
    strand.execute(
        () -> whenAwake(() -> admit(session, start), refusal -> session.end(closeReason(refusal))));
    return session;
  }

  /** Publishes for a session; refused before the mailbox if it is too large or too much waits. */
  CompletionStage<Receipt> publish(LiveSession session, Draft draft, Allowance allowance) {
    return publish(new Publication(session.member(), draft, allowance), session::hasLeft);
  }

  CompletionStage<Receipt> publish(Member author, Draft draft) {
    return publish(new Publication(author, draft, settings.inbound()), () -> false)
        .whenComplete((receipt, e) -> unpin.run());
  }

  private CompletableFuture<Receipt> publish(Publication publication, BooleanSupplier hasLeft) {
    int size = publication.draft().body().size();
    if (size > settings.terms().maxMessageBytes()) {
      String limit = "message is larger than " + settings.terms().maxMessageBytes() + " bytes";
      return CompletableFuture.failedFuture(RefusedException.of(Reason.TOO_LARGE, limit));
    }
    if (!publication.allowance().tryAcquire(size)) {
      return CompletableFuture.failedFuture(
          RefusedException.retryable(
              Reason.OVERLOADED, "too many messages wait to be kept", Duration.ofSeconds(1)));
    }
    strand.execute(
        () -> {
          unsettled++;
          // Asked twice: who has left must not wake the room, and may leave while it wakes.
          unlessLeft(
              hasLeft,
              publication,
              () ->
                  whenAwake(
                      () -> unlessLeft(hasLeft, publication, () -> publishNow(publication)),
                      refusal -> refuse(publication, refusal)));
        });
    return publication.receipt();
  }

  CompletionStage<List<Member>> members() {
    CompletableFuture<List<Member>> list = new CompletableFuture<>();
    strand.execute(() -> list.complete(audience.members().list()));
    return list.whenComplete((members, e) -> unpin.run());
  }

  /** Ends all sessions once what was published is settled, and refuses everything from then on. */
  CompletionStage<Void> drain(CloseReason reason) {
    CompletableFuture<Void> told = new CompletableFuture<>();
    strand.execute(
        () -> {
          if (drain.isEmpty()) {
            drain = Optional.of(new Drain(reason, new CompletableFuture<>()));
          }
          drain.get().done.thenRun(() -> told.complete(null));
          drainIfSettled();
        });
    return told;
  }

  void sleep() {
    strand.execute(this::unfollow);
  }

  // From here on: on the strand.

  Cursor head() {
    return head;
  }

  Members present() {
    return audience.members();
  }

  void read(Range range, Consumer<Page> onPage, Runnable onFailure) {
    onStrand(settings.broadcaster().read(name, range), onPage, e -> onFailure.run());
  }

  /** The session has left or was ended; called once for each. */
  void onGone(LiveSession session, boolean wasAdmitted) {
    if (wasAdmitted) {
      audience.remove(session);
    }
    unpin.run();
  }

  private void admit(LiveSession session, Start start) {
    if (session.hasLeft()) {
      return;
    }
    try {
      audience.admit(session);
    } catch (RefusedException refusal) {
      session.end(closeReason(refusal));
      return;
    }
    onStrand(
        Beginning.find(start, head, range -> settings.broadcaster().read(name, range)),
        session::onBeginning,
        e -> session.end(CloseReason.FAULT));
  }

  private CloseReason closeReason(RefusedException refusal) {
    return switch (refusal.reason()) {
      case FORBIDDEN -> CloseReason.FORBIDDEN;
      case OVERLOADED -> CloseReason.OVERLOADED;
      case CLOSED -> drain.map(d -> d.reason).orElse(CloseReason.GOING_AWAY);
      default -> CloseReason.FAULT;
    };
  }

  private void unlessLeft(BooleanSupplier hasLeft, Publication publication, Runnable publish) {
    if (hasLeft.getAsBoolean()) {
      refuse(publication, RefusedException.of(Reason.CLOSED, "the session has left"));
    } else {
      publish.run();
    }
  }

  private void publishNow(Publication publication) {
    Draft reviewed;
    try {
      reviewed = settings.policy().review(name, publication.author(), publication.draft());
    } catch (RefusedException refusal) {
      refuse(publication, refusal);
      return;
    }
    onStrand(
        settings.broadcaster().publish(name, publication.author(), reviewed),
        kept -> {
          onSettled(publication);
          publication.receipt().complete(kept);
        },
        e -> refuse(publication, e));
  }

  private void refuse(Publication publication, Throwable refusal) {
    onSettled(publication);
    publication.receipt().completeExceptionally(refusal);
  }

  private void onSettled(Publication publication) {
    publication.allowance().release(publication.draft().body().size());
    unsettled--;
    if (drain.isPresent()) {
      // Posted, so that its publisher hears of it before its session is ended.
      strand.execute(this::drainIfSettled);
    }
  }

  /** The end of a turn: what arrived in it goes to every level session. */
  private void fanOut() {
    if (arrived.isEmpty()) {
      return;
    }
    List<Message> messages = arrived;
    arrived = new ArrayList<>();
    for (Batch batch : Batch.split(messages, head)) {
      head = batch.cursor();
      audience.deliver(batch);
    }
  }

  private void whenAwake(Runnable run, Consumer<RefusedException> refuse) {
    if (isDrained) {
      refuse.accept(RefusedException.of(Reason.CLOSED, "server is stopping"));
    } else if (feed.isPresent() && feed.get().following.isPresent()) {
      run.run();
    } else {
      waiting.add(new Command(run, refuse));
      if (feed.isEmpty()) {
        follow();
      }
    }
  }

  private void follow() {
    Feed started = new Feed();
    feed = Optional.of(started);
    onStrand(
        settings.broadcaster().follow(name, started),
        started::onFollowing,
        e -> {
          LOG.log(System.Logger.Level.WARNING, "A room cannot follow its log", e);
          feed = Optional.empty();
          refuseWaiting(RefusedException.storage(e));
        });
  }

  private void unfollow() {
    feed.flatMap(f -> f.following).ifPresent(Broadcaster.Following::cancel);
    feed = Optional.empty();
    arrived.clear();
  }

  private void refuseWaiting(RefusedException refusal) {
    List<Command> refused = List.copyOf(waiting);
    waiting.clear();
    refused.forEach(c -> c.refuse().accept(refusal));
  }

  private void drainIfSettled() {
    if (unsettled > 0 || drain.isEmpty() || isDrained) {
      return;
    }
    fanOut();
    unfollow();
    isDrained = true;
    refuseWaiting(RefusedException.of(Reason.CLOSED, "server is stopping"));
    audience.endAll(drain.get().reason);
    drain.get().done.complete(null);
  }

  private <T> void onStrand(
      CompletionStage<T> stage, Consumer<T> onSuccess, Consumer<Throwable> onFailure) {
    stage.whenComplete(
        (result, e) ->
            strand.execute(
                () -> {
                  if (e == null) {
                    onSuccess.accept(result);
                  } else {
                    onFailure.accept(e);
                  }
                }));
  }

  private record Drain(CloseReason reason, CompletableFuture<Void> done) {}

  /** One following of the log. What it brings after the room has let go of it is void. */
  private final class Feed implements Follower {
    private Optional<Broadcaster.Following> following = Optional.empty();

    private void onFollowing(Broadcaster.Following started) {
      if (!isCurrent()) {
        started.cancel();
        return;
      }
      following = Optional.of(started);
      head = started.head();
      List<Command> commands = List.copyOf(waiting);
      waiting.clear();
      commands.forEach(c -> c.run().run());
    }

    @Override
    public void onMessages(List<Message> messages) {
      strand.execute(
          () -> {
            if (isCurrent()) {
              arrived.addAll(messages);
            }
          });
    }

    @Override
    public void onLineageChanged() {
      strand.execute(
          () -> {
            if (isCurrent()) {
              unfollow();
              audience.endAll(CloseReason.LINEAGE_CHANGED);
            }
          });
    }

    private boolean isCurrent() {
      return feed.isPresent() && feed.get() == this;
    }
  }
}
