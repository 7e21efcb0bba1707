package io.durablechat.core;

import io.durablechat.core.RefusedException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What was decided by those who moderate, and what of it holds now. Rulings are records of a log
 * like messages, so they are as durable, reach every machine the same way, and are an account of
 * who did what when; retention does not touch them. What a start finds to hold is kept as a summary
 * beside them, so that the next one reads what was decided since and not all that ever was.
 *
 * <p>All methods may be called from any thread and none blocks.
 */
public final class Moderation implements AutoCloseable {
  /** The room whose log rulings are kept in. Nobody can join it. */
  public static final RoomName TRAIL = RoomName.of("%moderation");

  private static final Duration FAR = Duration.ofDays(100 * 365);

  /** With fewer rulings than this beyond it, a summary is not written anew. */
  private static final int MIN_SUMMARIZED = 1000;

  private static final System.Logger LOG = System.getLogger(Moderation.class.getName());

  private final Broadcaster broadcaster;
  private final SteadyClock clock;
  private final ConcurrentMap<RoomName, SlowMode> slow = new ConcurrentHashMap<>();
  private final List<Consumer<Ruling>> listeners = new CopyOnWriteArrayList<>();

  private volatile InForce inForce = new InForce();

  /** What came while the trail was still being read; empty once it was. */
  private Optional<List<Entry>> early = Optional.of(new ArrayList<>());

  private volatile Optional<Broadcaster.Following> following = Optional.empty();

  /** Whether what is decided could not be followed when the log was set back. */
  private volatile boolean isLost;

  /** How often the log was set back. */
  private int setBack;

  /** The attempt to follow it again that is under way, if one is. */
  private Optional<CompletableFuture<Void>> regaining = Optional.empty();

  private Moderation(Broadcaster broadcaster, InstantSource clock) {
    this.broadcaster = Objects.requireNonNull(broadcaster);
    this.clock = SteadyClock.of(Objects.requireNonNull(clock));
  }

  /**
   * Reads what was decided so far, and follows what will be. Fails with {@link RefusedException} if
   * the log cannot be read.
   *
   * @param clock what says whether a mute or ban has ended, which it has not for a jump of the
   *     clock that is not believed yet (see {@link SteadyClock}), or an invite has expired
   */
  public static CompletionStage<Moderation> open(Broadcaster broadcaster, InstantSource clock) {
    Moderation moderation = new Moderation(broadcaster, clock);
    return moderation.follow(moderation.new Trail()).thenApply(read -> moderation);
  }

  private CompletionStage<Void> follow(Trail trail) {
    return broadcaster
        .follow(TRAIL, trail)
        .thenCompose(
            started -> {
              following = Optional.of(started);
              return broadcaster
                  .summary(TRAIL)
                  .thenCompose(summary -> readSince(summary, started.head().sequence()));
            });
  }

  /** What held once, and then what was decided since. */
  private CompletionStage<Void> readSince(Optional<Summary> kept, long head) {
    Optional<Summary> summary = kept.filter(known -> known.through() <= head);
    Optional<InForce> then = summary.flatMap(known -> InForceText.read(known.body()));
    InForce soFar = then.orElseGet(InForce::new);
    long through = then.isPresent() ? summary.get().through() : 0;
    return readAfter(soFar, through, head, 0).thenAccept(read -> onRead(soFar, read, head));
  }

  /** Completes with how many rulings were read. */
  private CompletionStage<Long> readAfter(InForce soFar, long sequence, long head, long before) {
    if (sequence >= head) {
      return CompletableFuture.completedFuture(before);
    }
    return broadcaster
        .read(TRAIL, Range.after(sequence, Range.MAX_MESSAGES))
        .thenCompose(
            page -> {
              List<Entry> due = page.entries().stream().filter(m -> m.sequence() <= head).toList();
              due.forEach(soFar::hold);
              return readAfter(
                  soFar,
                  due.isEmpty() ? head : due.get(due.size() - 1).sequence(),
                  head,
                  before + due.size());
            });
  }

  private void onRead(InForce all, long read, long head) {
    // Only then, so that what is written is never more than what was read.
    if (read >= Math.max(MIN_SUMMARIZED, all.size(clock.earliest()))) {
      broadcaster
          .keepSummary(TRAIL, new Summary(head, InForceText.write(all, clock.earliest())))
          .whenComplete(
              (kept, e) -> {
                if (e != null) {
                  LOG.log(System.Logger.Level.DEBUG, "The next start reads all rulings again", e);
                }
              });
    }
    onRead(all);
  }

  private synchronized void onRead(InForce all) {
    inForce = all;
    early.orElseThrow().forEach(all::hold);
    early = Optional.empty();
  }

  /**
   * Decides something. Completes once it is kept and holds. A message is deleted in its own room's
   * log, too, by a record that its members are told of like of a message.
   *
   * <p>Fails with {@link RefusedException}: {@code NOT_FOUND} if there is no such message, or no
   * such mute, ban or invite to be ended; or as {@link Broadcaster#publish} does.
   */
  public CompletionStage<Receipt> rule(Member moderator, Ruling ruling) {
    if (isLost) {
      // Otherwise it would be kept, and not hold.
      return regain().thenCompose(regained -> rule(moderator, ruling));
    }
    if (!inForce.hasWhatIsEnded(ruling, clock.earliest())) {
      return CompletableFuture.failedFuture(nothingToEnd(ruling));
    }
    Draft decision = Draft.of(new Content.Ruled(RulingText.write(ruling)));
    if (ruling.action() != Ruling.Action.DELETE) {
      return broadcaster.publish(TRAIL, moderator, decision);
    }
    RoomName room = ruling.room().orElseThrow();
    long sequence = ruling.sequence().orElseThrow();
    // The account of it first: a deletion that could not be accounted for is worse than the
    // reverse.
    return checkSaid(room, sequence)
        .thenCompose(said -> broadcaster.publish(TRAIL, moderator, decision))
        .thenCompose(noted -> broadcaster.publish(room, moderator, Draft.deletion(sequence)));
  }

  private static RefusedException nothingToEnd(Ruling ruling) {
    String where = ruling.room().map(room -> "in room " + room).orElse("in all rooms");
    String what =
        switch (ruling.action()) {
          case UNMUTE -> ruling.identity().orElseThrow() + " is not muted ";
          case UNBAN -> ruling.identity().orElseThrow() + " is not banned ";
          default -> "there is no invite " + ruling.sequence().orElseThrow() + " ";
        };
    return RefusedException.of(Reason.NOT_FOUND, what + where);
  }

  /** That there is a message to be deleted, so that the account is not of what was never there. */
  private CompletionStage<Void> checkSaid(RoomName room, long sequence) {
    // It may have been seen on another machine, and not be here yet.
    return broadcaster
        .reach(room, sequence)
        .thenCompose(head -> broadcaster.locate(room, Newest.messages(1).through(sequence)))
        .thenAccept(
            place -> {
              if (place.first().orElse(0) != sequence) {
                throw RefusedException.noSuchMessage();
              }
            });
  }

  /**
   * Has somebody come in by an invite, who from then on is {@linkplain #isAdmitted admitted}.
   * Completes once that is kept; at once if it was before, and then no use is spent.
   *
   * <p>Fails with {@link RefusedException}: {@code FORBIDDEN} if there is no such invite, it has
   * expired, was revoked or used up, or the member has no lasting identity; {@code BANNED} if the
   * member is; or as {@link Broadcaster#publish} does.
   *
   * @param attributes where they come from, by which they may be banned, too
   * @param invite the sequence of its ruling
   */
  public CompletionStage<Void> admit(
      RoomName room, Member member, SessionAttributes attributes, long invite) {
    if (isAdmitted(room, member)) {
      return CompletableFuture.completedFuture(null);
    }
    if (isBanned(room, member, attributes)) {
      return CompletableFuture.failedFuture(banned());
    }
    if (member.isAnonymous()
        || !invites(room).map(i -> i.isGood(invite, clock.instant())).orElse(false)) {
      return CompletableFuture.failedFuture(noInvite());
    }
    return rule(member, Ruling.admit(room, member.identity(), invite))
        .thenAccept(
            kept -> {
              // The last use may have gone to somebody who was faster.
              if (!isAdmitted(room, member)) {
                throw noInvite();
              }
            });
  }

  private static RefusedException noInvite() {
    return RefusedException.of(Reason.FORBIDDEN, "this invite is not good, or not any more");
  }

  private Optional<Invites> invites(RoomName room) {
    return inForce.in(Optional.of(room)).map(scope -> scope.invites);
  }

  /** Whether somebody has come in by an invite, at any time. A ban counts before it. */
  public boolean isAdmitted(RoomName room, Member member) {
    return invites(room).map(i -> i.isAdmitted(member.identity())).orElse(false);
  }

  /** The invites to a room that are still good. */
  public List<Decided> invitesTo(RoomName room) {
    return invites(room).map(i -> i.good(clock.instant(), clock.earliest())).orElse(List.of());
  }

  /** How a room goes now. */
  public RoomMode mode(RoomName room) {
    return inForce.in(Optional.of(room)).map(InForce.Scope::mode).orElse(RoomMode.FREE);
  }

  /** The mutes and bans that hold now in a room alone, or, without one, in all rooms. */
  public List<Decided> sanctions(Optional<RoomName> room) {
    Instant now = clock.earliest();
    return inForce.in(room).stream()
        .flatMap(s -> Stream.concat(s.bans.inForce(now).stream(), s.mutes.inForce(now).stream()))
        .toList();
  }

  /**
   * Who decided what when, oldest first, but for records that cannot be read. Fails with {@link
   * RefusedException} if the log cannot be read.
   */
  public CompletionStage<List<Decided>> trail(Range range) {
    return broadcaster
        .read(TRAIL, range)
        .thenApply(page -> page.entries().stream().flatMap(m -> InForce.read(m).stream()).toList());
  }

  /**
   * Checks that somebody may come into a room, and read there.
   *
   * @throws RefusedException if they are banned
   */
  public void checkJoin(RoomName room, Member member, SessionAttributes attributes) {
    if (isBanned(room, member, attributes)) {
      throw banned();
    }
  }

  private boolean isBanned(RoomName room, Member member, SessionAttributes attributes) {
    Instant now = clock.earliest();
    return inForce.around(room).anyMatch(s -> s.bans.find(member, attributes, now).isPresent());
  }

  private static RefusedException banned() {
    return RefusedException.of(Reason.BANNED, CloseReason.BANNED.text());
  }

  /**
   * Checks that somebody may publish in a room, but for slow mode.
   *
   * @throws RefusedException if they are banned or muted, or the room is locked
   */
  void checkPublish(RoomName room, Member member, SessionAttributes attributes) {
    checkJoin(room, member, attributes);
    if (attributes.moderates()) {
      return;
    }
    Instant now = clock.earliest();
    Optional<Decided> mute =
        inForce
            .around(room)
            .flatMap(s -> s.mutes.find(member, attributes, now).stream())
            .findFirst();
    if (mute.isPresent()) {
      throw muted(mute.get(), now);
    }
    if (mode(room).isLocked()) {
      throw RefusedException.of(Reason.LOCKED, "this room is locked");
    }
  }

  /** Who waits in a room that goes slowly. */
  SlowMode slowMode(RoomName room) {
    return slow.computeIfAbsent(room, name -> new SlowMode());
  }

  private static RefusedException muted(Decided mute, Instant now) {
    String text = "you are muted";
    return mute.ruling()
        .until()
        .map(end -> RefusedException.retryable(Reason.MUTED, text, Duration.between(now, end)))
        .orElseGet(() -> RefusedException.of(Reason.MUTED, text));
  }

  /** What the time between two messages is measured by. */
  Instant even() {
    return clock.even();
  }

  /**
   * When so much time will have passed, for {@link Ruling#until(Instant)}.
   *
   * @throws IllegalArgumentException if that is further away than times go
   */
  public Instant in(Duration time) {
    if (time.compareTo(FAR) > 0) {
      throw new IllegalArgumentException(
          "not longer than " + FAR.toDays() + " days; leave the time out for good");
    }
    return clock.earliest().truncatedTo(ChronoUnit.MILLIS).plus(time);
  }

  /**
   * Registers a listener, which is told of what was decided once it holds, and must not block.
   *
   * @return takes the listener out
   */
  Runnable onRuling(Consumer<Ruling> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Whether nothing was ever decided that could hold: what most rooms are, at no cost. */
  boolean isIdle() {
    return inForce.isEmpty();
  }

  private void onEntry(Entry entry) {
    inForce.hold(entry).ifPresent(this::onRuling);
  }

  private void onRuling(Ruling ruling) {
    if (ruling.action() == Ruling.Action.SLOW && ruling.slow().isZero()) {
      slow.remove(ruling.room().orElseThrow());
    }
    listeners.forEach(listener -> listener.accept(ruling));
  }

  /** Hears nothing more. The broadcaster stays open. A second call is harmless. */
  @Override
  public void close() {
    following.ifPresent(Broadcaster.Following::cancel);
  }

  /** One attempt at a time. */
  private CompletionStage<Void> regain() {
    CompletableFuture<Void> attempt = new CompletableFuture<>();
    int of;
    synchronized (this) {
      if (regaining.isPresent()) {
        return regaining.get();
      }
      regaining = Optional.of(attempt);
      early = Optional.of(new ArrayList<>());
      of = setBack;
    }
    // An engine that throws instead of failing fails as well.
    CompletableFuture.completedFuture(new Trail())
        .thenCompose(this::follow)
        .whenComplete(
            (read, e) -> {
              boolean isStale;
              synchronized (this) {
                regaining = Optional.empty();
                isStale = of != setBack;
                isLost = e != null || isStale;
              }
              if (e == null && isStale) {
                regain();
              }
              if (e == null) {
                attempt.complete(null);
              } else {
                LOG.log(
                    System.Logger.Level.ERROR,
                    "What moderators decide cannot be followed; it is tried again with the next"
                        + " ruling",
                    e);
                following.ifPresent(Broadcaster.Following::cancel);
                attempt.completeExceptionally(e);
              }
            });
    return attempt;
  }

  private final class Trail implements Follower {
    @Override
    public void onEntries(List<Entry> entries) {
      synchronized (Moderation.this) {
        if (early.isPresent()) {
          early.get().addAll(entries);
          return;
        }
      }
      entries.forEach(Moderation.this::onEntry);
    }

    /** What held goes on to hold until it is read anew what does since the log was set back. */
    @Override
    public void onLineageChanged() {
      synchronized (Moderation.this) {
        isLost = true;
        setBack++;
      }
      regain();
    }
  }
}
