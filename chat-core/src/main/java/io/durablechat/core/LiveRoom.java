package io.durablechat.core;

import io.durablechat.core.RefusedException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A room while somebody uses it: the owner of its order of events and of its sessions.
 *
 * <p>Everything happens on the strand; other threads post to it: sessions what they want, the
 * broadcaster what was kept. What was kept reaches the sessions at the end of the turn it arrived
 * in, as one batch; to a large audience in slices, while the strand is paused.
 *
 * <p>Whoever calls from outside holds a pin (see {@link LiveDirectory}), so that a room is not put
 * to sleep while something is on its way to it. A session's pin is given back when it has left.
 */
final class LiveRoom {
  private final RoomName name;
  private final RoomSettings settings;
  private final Runnable unpin;
  private final Strand strand;
  private final LogFeed log;
  private final Signals signals;
  private final Audience audience;

  private final Tail tail;

  /** Sessions in the room that are not level. */
  private int behind;

  /** The last message handed to the audience, once one was; before, the head of the log. */
  private Optional<Cursor> delivered = Optional.empty();

  /** The same for other threads; null until somebody was let in. */
  private volatile Cursor knownHead;

  /** Drafts handed in and neither kept nor refused yet. */
  private int unsettled;

  /** Those who came behind something that is still to be fanned out in slices. */
  private final List<Runnable> admissions = new ArrayList<>();

  /** What the strand is paused for, if it is. */
  private FanOut fanOut;

  /** Begun once, on the strand; then it stays as it is, for other threads as well. */
  private volatile Optional<Drain> drain = Optional.empty();

  private boolean isDrained;

  private record Drain(CloseReason reason, CompletableFuture<Void> done) {}

  LiveRoom(RoomName name, RoomSettings settings, Runnable unpin) {
    this.name = name;
    this.settings = settings;
    this.unpin = unpin;
    this.strand = Strand.sharing(settings.executor(), this::endTurn);
    this.log = new LogFeed(name, settings.broadcaster(), strand, this::onLineageChanged);
    this.signals = new Signals(strand, settings.timer());
    this.audience = new Audience(name, settings.policy(), signals);
    this.tail = new Tail(settings.roomTail());
  }

  void post(Runnable task) {
    strand.execute(task);
  }

  LiveSession join(Member member, SessionAttributes attributes, Start start, Outbox outbox) {
    LiveSession session =
        new LiveSession(this, member, attributes, outbox, settings.sessionAllowance());
    strand.execute(
        () -> whenAwake(() -> admit(session, start), refusal -> session.end(closeReason(refusal))));
    return session;
  }

  CompletionStage<Receipt> publish(Member author, SessionAttributes attributes, Draft draft) {
    return publish(
            new Publication(
                () -> author, () -> attributes, draft, settings.inbound(), () -> false, () -> {}))
        .whenComplete((receipt, e) -> unpin.run());
  }

  CompletableFuture<Receipt> publish(Publication publication) {
    Optional<RefusedException> refusal = publication.begin(settings.terms());
    if (refusal.isPresent()) {
      return CompletableFuture.failedFuture(refusal.get());
    }
    strand.execute(
        () -> {
          unsettled++;
          // Asked twice: who has left must not wake the room, and may leave while it wakes.
          unlessVoid(
              publication,
              () ->
                  whenAwake(
                      () -> unlessVoid(publication, () -> publishNow(publication)),
                      r -> refuse(publication, r)));
        });
    return publication.receipt();
  }

  <T> CompletionStage<T> ask(Function<Audience, T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    strand.execute(() -> answer.complete(question.apply(audience)));
    return answer.whenComplete((answered, e) -> unpin.run());
  }

  /** Once what was published is settled: ends all sessions, and refuses everything from then on. */
  CompletionStage<Void> drain(CloseReason reason) {
    Optional<Drain> begun = drain;
    if (begun.isPresent()) {
      return begun.get().done();
    }
    CompletableFuture<Void> told = new CompletableFuture<>();
    strand.execute(
        () -> {
          if (drain.isEmpty()) {
            drain = Optional.of(new Drain(reason, new CompletableFuture<>()));
          }
          drain.get().done().thenRun(() -> told.complete(null));
          drainIfSettled();
        });
    return told;
  }

  /** What was decided holds already: here it is seen to that what goes on fits. */
  void onRuling(Ruling ruling) {
    strand.execute(
        () -> {
          switch (ruling.action()) {
            case KICK -> audience.end(ruling, CloseReason.KICKED);
            case BAN -> audience.end(ruling, CloseReason.BANNED);
            case LOCK, UNLOCK, SLOW -> audience.onMode(mode());
            case DELETE, MUTE, UNMUTE, UNBAN, INVITE, REVOKE, ADMIT -> {
              // Told by the log, or when it matters.
            }
          }
        });
  }

  void sleep() {
    strand.execute(log::sleep);
  }

  /** The last message handed to the audience, or null if that is not known; on any thread. */
  Cursor knownHead() {
    return knownHead;
  }

  // From here on: on the strand.

  /** The last message handed to the audience; known while awake. */
  Cursor head() {
    return delivered.orElseGet(log::head);
  }

  RoomMode mode() {
    return settings.moderation().map(m -> m.mode(name)).orElse(RoomMode.FREE);
  }

  Signals signals() {
    return signals;
  }

  /**
   * Has a session's member called something else, which all in the room get to read.
   *
   * @throws RefusedException if the member may not publish
   */
  void rename(LiveSession session, Member renamed) {
    checkModeration(renamed, session.attributes());
    audience.rename(session, renamed);
  }

  /** Tells of one who types, unless nothing can come of it. */
  void onTyping(LiveSession session, boolean on) {
    try {
      checkModeration(session.member(), session.attributes());
      signals.onTyping(session.member(), on);
    } catch (RefusedException e) {
      signals.onTyping(session.member(), false);
    }
  }

  /** Reads a page for a session, once it is its turn, and hands it over; none if it has left. */
  void read(LiveSession session, Range range, Consumer<Page> onPage, Runnable onFailure) {
    Turnstile pages = settings.pages();
    pages.enter(
        () -> !session.hasEnded(),
        () ->
            log.onStrand(
                log.read(range),
                page -> thenLeave(pages, () -> onPage.accept(page)),
                e -> thenLeave(pages, onFailure)));
  }

  private static void thenLeave(Turnstile pages, Runnable last) {
    try {
      last.run();
    } finally {
      pages.leave();
    }
  }

  /** What follows the sequence, if it is recent enough to be in memory. */
  Optional<Batch> recent(long sequence) {
    return tail.after(sequence);
  }

  /** One session more, or less, that is not level: what is recent is kept for such alone. */
  void countBehind(int difference) {
    behind += difference;
    if (behind == 0) {
      tail.clear();
    }
  }

  /** The session has left or was ended; called once for each. */
  void onGone(LiveSession session, boolean wasAdmitted) {
    if (wasAdmitted) {
      audience.remove(session);
    }
    unpin.run();
  }

  private void whenAwake(Runnable run, Consumer<RefusedException> refuse) {
    if (isDrained) {
      refuse.accept(stopping());
    } else {
      log.whenAwake(run, refuse);
    }
  }

  /**
   * Runs this after what the session has handed in; for one that joins, after the room is awake.
   */
  void whenSettledIn(LiveSession session, Runnable run) {
    if (session.isNew()) {
      whenAwake(() -> whenAdmitted(session, run), refusal -> run.run());
    } else {
      run.run();
    }
  }

  /** Runs this once what has arrived was offered to all who are level. */
  void onceDelivered(Runnable run) {
    if (audience.isLarge() && log.hasArrived()) {
      admissions.add(run);
    } else {
      fanOut();
      run.run();
    }
  }

  /** It may wait for a fan-out to end before it is let in. */
  private void whenAdmitted(LiveSession session, Runnable run) {
    if (session.isNew() && !admissions.isEmpty()) {
      admissions.add(run);
    } else {
      run.run();
    }
  }

  private void admit(LiveSession session, Start start) {
    if (session.hasLeft()) {
      return;
    }
    // What has arrived goes to those who were here; the newcomer begins behind it.
    onceDelivered(() -> admitNow(session, start));
  }

  private void admitNow(LiveSession session, Start start) {
    if (session.hasLeft()) {
      return;
    }
    try {
      settings
          .moderation()
          .ifPresent(m -> m.checkJoin(name, session.member(), session.attributes()));
      audience.admit(session);
    } catch (RefusedException refusal) {
      session.end(closeReason(refusal));
      return;
    }
    knownHead = head();
    log.onStrand(
        Beginning.find(start, head(), locator(session)),
        session::onBeginning,
        e -> session.end(CloseReason.FAULT));
  }

  private Beginning.Locator locator(LiveSession session) {
    return new Beginning.Locator() {
      // Once it is its turn; never for a session that has left.
      @Override
      public CompletionStage<Place> locate(Newest newest) {
        return settings.pages().pass(() -> !session.hasEnded(), () -> log.locate(newest));
      }

      // Not in its turn: it may wait for other machines, and others would wait for it.
      @Override
      public CompletionStage<Cursor> reach(long sequence) {
        return log.reach(sequence);
      }
    };
  }

  private CloseReason closeReason(RefusedException refusal) {
    return switch (refusal.reason()) {
      case FORBIDDEN -> CloseReason.FORBIDDEN;
      case BANNED -> CloseReason.BANNED;
      case OVERLOADED -> CloseReason.OVERLOADED;
      case CLOSED -> drain.map(Drain::reason).orElse(CloseReason.GOING_AWAY);
      default -> CloseReason.FAULT;
    };
  }

  private void unlessVoid(Publication publication, Runnable publish) {
    if (publication.isVoid().getAsBoolean()) {
      refuse(publication, RefusedException.of(Reason.CLOSED, "the session has ended"));
    } else {
      publish.run();
    }
  }

  private void publishNow(Publication publication) {
    Member author = publication.author().get();
    SessionAttributes attributes = publication.attributes().get();
    Draft reviewed;
    SlowMode.Pass pass;
    try {
      checkModeration(author, attributes);
      reviewed = settings.policy().review(name, author, publication.draft());
      pass = checkSlowMode(author, attributes, reviewed);
    } catch (RefusedException refusal) {
      refuseUnlessKept(author, publication, refusal);
      return;
    }
    log.onStrand(
        log.publish(author, reviewed),
        kept -> {
          pass.settled(!kept.duplicate());
          settle(publication, kept);
        },
        e -> {
          pass.settled(false);
          refuse(publication, e);
        });
  }

  /**
   * What was kept stays kept, whatever has been decided since: a retry is told so. Looked for here
   * alone, so that what is not refused costs nothing more.
   */
  private void refuseUnlessKept(Member author, Publication publication, RefusedException refusal) {
    if (publication.draft().id().isEmpty()) {
      refuse(publication, refusal);
      return;
    }
    // In its turn, as those behind it may depend on it.
    publication.onRefused().run();
    log.onStrand(
        log.earlier(author, publication.draft()),
        earlier ->
            earlier.ifPresentOrElse(
                kept -> settle(publication, kept), () -> settle(publication, refusal)),
        e -> settle(publication, e));
  }

  private Optional<Moderation> moderation() {
    return settings.moderation().filter(moderation -> !moderation.isIdle());
  }

  private void checkModeration(Member author, SessionAttributes attributes) {
    if (moderation().isPresent()) {
      moderation().get().checkPublish(name, author, attributes);
    }
  }

  private SlowMode.Pass checkSlowMode(Member author, SessionAttributes attributes, Draft draft) {
    if (moderation().isEmpty() || attributes.moderates()) {
      return SlowMode.Pass.FREE;
    }
    Moderation moderation = moderation().get();
    Duration slow = moderation.mode(name).slow();
    return slow.isZero()
        ? SlowMode.Pass.FREE
        : moderation.slowMode(name).check(author, attributes, draft, slow, moderation.even());
  }

  private void refuse(Publication publication, Throwable refusal) {
    publication.onRefused().run();
    settle(publication, refusal);
  }

  private void settle(Publication publication, Receipt kept) {
    onSettled(publication);
    publication.receipt().complete(kept);
  }

  private void settle(Publication publication, Throwable refusal) {
    onSettled(publication);
    publication.receipt().completeExceptionally(refusal);
  }

  private void onSettled(Publication publication) {
    publication.release();
    unsettled--;
    if (drain.isPresent()) {
      // Posted, so that its publisher hears of it before its session is ended.
      strand.execute(this::drainIfSettled);
    }
  }

  /** The end of a turn: what arrived in it goes to every level session. False if that goes on. */
  private boolean endTurn() {
    if (!audience.isLarge()) {
      deliver(signals.take());
      return true;
    }
    Delivery delivery = new Delivery(takeBatches(), signals.take());
    if (delivery.isEmpty()) {
      return true;
    }
    fanOut = audience.fanOut(delivery, settings.executor(), () -> onFannedOut(delivery.batches()));
    fanOut.start();
    return false;
  }

  /** By the thread that served the last slice: for it alone, the strand is still paused. */
  private void onFannedOut(List<Batch> batches) {
    try {
      fanOut.undelivered().forEach(LiveSession::onUndelivered);
      keepForThoseBehind(batches);
      List<Runnable> due = List.copyOf(admissions);
      admissions.clear();
      due.forEach(Runnable::run);
    } finally {
      fanOut = null;
      strand.resume();
    }
  }

  /** What has arrived goes to every level session, here and now. */
  private void fanOut() {
    deliver(List.of());
  }

  private void deliver(List<Signal> told) {
    Delivery delivery = new Delivery(takeBatches(), told);
    if (!delivery.isEmpty()) {
      audience.deliver(delivery);
      keepForThoseBehind(delivery.batches());
    }
  }

  private List<Batch> takeBatches() {
    List<Entry> entries = log.takeArrived();
    if (entries.isEmpty()) {
      return List.of();
    }
    List<Batch> batches = Batch.split(entries, head());
    delivered = Optional.of(batches.get(batches.size() - 1).cursor());
    knownHead = delivered.get();
    return batches;
  }

  private void keepForThoseBehind(List<Batch> batches) {
    if (behind > 0) {
      batches.forEach(tail::add);
    }
  }

  private void onLineageChanged() {
    delivered = Optional.empty();
    knownHead = null;
    tail.clear();
    audience.endAll(CloseReason.LINEAGE_CHANGED);
  }

  private void drainIfSettled() {
    if (unsettled > 0 || drain.isEmpty() || isDrained) {
      return;
    }
    fanOut();
    log.sleep();
    isDrained = true;
    log.refuseWaiting(stopping());
    audience.endAll(drain.get().reason());
    drain.get().done().complete(null);
  }

  private static RefusedException stopping() {
    return RefusedException.of(Reason.CLOSED, "server is stopping");
  }
}
