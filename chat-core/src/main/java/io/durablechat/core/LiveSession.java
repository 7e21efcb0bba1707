package io.durablechat.core;

import io.durablechat.core.RefusedException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A session as its room sees it: a cursor and an outbox. All state is the strand's; what other
 * threads call only posts.
 *
 * <pre>
 *             admitted           beginning found            at the head
 *   NEW ---------------> JOINING ---------------> FEEDING ---------------> LEVEL
 *    |                      |                     ^     |                    |
 *    | refused              |             ready() |     | "not now"          | "not now"
 *    v                      v                     |     v                    |
 *   LEFT <------------ from anywhere             WAITING <-------------------+
 * </pre>
 *
 * <p>Only LEVEL sessions are given what is published as it comes. FEEDING has one read of the log
 * under way and takes nothing past the head the room has delivered, so that turning LEVEL neither
 * leaves a hole nor repeats.
 */
final class LiveSession implements Session {
  private static final System.Logger LOG = System.getLogger(LiveSession.class.getName());

  /** Records in one read while feeding; bytes are bounded by {@link Batch#MAX_BYTES}. */
  private static final int PAGE_MESSAGES = 500;

  private enum Phase {
    NEW,
    JOINING,
    FEEDING,
    WAITING,
    LEVEL,
    LEFT;

    private boolean isBehind() {
      return this == JOINING || this == FEEDING || this == WAITING;
    }
  }

  private final String id =
      String.format(Locale.ROOT, "%016x", ThreadLocalRandom.current().nextLong());
  private volatile Member member;

  /** Replaced whole, by any thread: a draft handed in later is posted later, and so finds it. */
  private volatile SessionAttributes attributes;

  private final Outbox outbox;
  private final LiveRoom room;
  private final Allowance allowance;

  private Phase phase = Phase.NEW;
  private long position;

  /** The end of what is replayed as history: of that only what is there now is given. */
  private long historyThrough;

  /** Whether a draft of {@link #publishNext} was refused: those after it are, too. */
  private boolean chainBroken;

  /** How it begins, until its outbox has been told. */
  private Optional<Beginning> unannounced = Optional.empty();

  /** Whether the client waits for {@link Outbox#onLive}: since it joined, or was told behind. */
  private boolean owesLive = true;

  /** Whether the lag of now has been told; the replay after joining is none. */
  private boolean toldBehind = true;

  /** Whether its member types, and whether that is on its way to the strand. Any thread's. */
  private volatile boolean types;

  private final AtomicBoolean typingPosted = new AtomicBoolean();

  private final SignalsTold signals;

  /** To be done once the session is level again, or has left. */
  private List<Runnable> onceLevel = List.of();

  /** Whether it has left, for those who read for it on other threads. */
  private volatile boolean hasEnded;

  /** Whether the outbox has thrown something. */
  private boolean hasFailed;

  /** Its place among the sessions of its audience, which keeps it. */
  int seat;

  LiveSession(
      LiveRoom room,
      Member member,
      SessionAttributes attributes,
      Outbox outbox,
      Allowance allowance) {
    this.room = room;
    this.member = member;
    this.attributes = Objects.requireNonNull(attributes);
    this.outbox = outbox;
    this.signals = new SignalsTold(outbox);
    this.allowance = allowance;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Member member() {
    return member;
  }

  @Override
  public CompletionStage<Receipt> publish(Draft draft) {
    return room.publish(
        new Publication(this::member, this::attributes, draft, allowance, this::hasLeft, () -> {}));
  }

  @Override
  public CompletionStage<Receipt> publishNext(Draft draft) {
    return room.publish(
        new Publication(
            this::member,
            this::attributes,
            draft,
            allowance,
            () -> hasLeft() || chainBroken,
            () -> chainBroken = true));
  }

  @Override
  public CompletionStage<Member> rename(Member renamed) {
    if (!renamed.identity().equals(member.identity()) || renamed.name().isEmpty()) {
      throw new IllegalArgumentException("a session is renamed as the member it is");
    }
    CompletableFuture<Member> done = new CompletableFuture<>();
    room.post(() -> room.whenSettledIn(this, () -> rename(renamed, done)));
    return done;
  }

  @Override
  public CompletionStage<Void> delivered() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    room.post(
        () ->
            room.whenSettledIn(
                this, () -> room.onceDelivered(() -> onceLevel(() -> done.complete(null)))));
    return done;
  }

  @Override
  public void typing(boolean on) {
    types = on;
    // One task at a time says what holds by then, however often it changes before.
    if (typingPosted.compareAndSet(false, true)) {
      room.post(() -> room.whenSettledIn(this, this::onTyping));
    }
  }

  @Override
  public void attributes(SessionAttributes newAttributes) {
    attributes = Objects.requireNonNull(newAttributes);
  }

  @Override
  public void ready() {
    room.post(this::onReady);
  }

  @Override
  public void leave() {
    // Behind what the session has published, which may wait for the room to wake.
    room.post(() -> room.whenSettledIn(this, this::gone));
  }

  /** Returns the attributes of its owner as last pushed; any thread may call this. */
  SessionAttributes attributes() {
    return attributes;
  }

  /** Whether it has left; may be asked on any thread. */
  boolean hasEnded() {
    return hasEnded;
  }

  // From here on: on the strand.

  private void onTyping() {
    typingPosted.set(false);
    if (isAdmitted()) {
      room.onTyping(this, types);
    }
  }

  boolean isNew() {
    return phase == Phase.NEW;
  }

  boolean hasLeft() {
    return phase == Phase.LEFT;
  }

  private boolean isAdmitted() {
    return phase != Phase.NEW && phase != Phase.LEFT;
  }

  private void rename(Member renamed, CompletableFuture<Member> done) {
    if (!isAdmitted()) {
      done.completeExceptionally(RefusedException.of(Reason.CLOSED, "the session has ended"));
      return;
    }
    try {
      room.rename(this, renamed);
    } catch (RefusedException refusal) {
      done.completeExceptionally(refusal);
      return;
    }
    member = renamed;
    done.complete(renamed);
  }

  private void enter(Phase next) {
    int difference = (next.isBehind() ? 1 : 0) - (phase.isBehind() ? 1 : 0);
    phase = next;
    room.countBehind(difference);
  }

  void onAdmitted() {
    enter(Phase.JOINING);
  }

  void onBeginning(Beginning beginning) {
    if (phase != Phase.JOINING) {
      return;
    }
    enter(Phase.FEEDING);
    position = beginning.position();
    if (beginning.isHistory()) {
      // What was deleted up to here is blank by now wherever it is read.
      historyThrough = room.head().sequence();
    }
    unannounced = Optional.of(beginning);
    feed();
  }

  /**
   * Announces the session, once it is certain where it begins; false if the outbox failed.
   *
   * @param first the sequence of what is given first, or of what may come
   */
  private boolean announce(long first) {
    if (unannounced.isEmpty()) {
      return true;
    }
    Joined joined = joined(unannounced.get(), first);
    unannounced = Optional.empty();
    signals.onBegun(joined.presenceVersion(), room.signals().isSomebodyTyping());
    return call(() -> outbox.onJoined(joined));
  }

  private Joined joined(Beginning beginning, long first) {
    Presence presence = room.signals().presence();
    return new Joined(
        this,
        beginning.resume(),
        room.head().at(beginning.position()),
        room.head(),
        beginning.first(first),
        presence.count(),
        presence.version(),
        presence.whole().orElse(List.of()),
        room.mode());
  }

  /**
   * Offers what the room delivers, if the session is level. In a turn, or while the strand is
   * paused for it.
   *
   * @return false if not all messages were taken: then {@link #onUndelivered} follows
   */
  boolean deliver(Delivery delivery) {
    if (phase != Phase.LEVEL) {
      signals.miss(delivery.signals());
      return true;
    }
    try {
      if (!takeAll(delivery.batches())) {
        signals.miss(delivery.signals());
        return false;
      }
      signals.tell(delivery.signals());
      return true;
    } catch (Throwable e) {
      outboxFailed(e);
      return false;
    }
  }

  private boolean takeAll(List<Batch> batches) {
    for (int i = 0; i < batches.size(); i++) {
      // Who came with a cursor from the log may be ahead of what the room has delivered.
      Optional<Batch> due = batches.get(i).after(position);
      if (due.isPresent() && !take(due.get())) {
        return false;
      }
    }
    return true;
  }

  private boolean take(Batch batch) {
    boolean taken = outbox.offer(batch);
    if (taken) {
      position = batch.cursor().sequence();
    }
    return taken;
  }

  /** Not everything that was delivered was taken. */
  void onUndelivered() {
    if (hasFailed) {
      end(CloseReason.FAULT);
    } else {
      enter(Phase.WAITING);
    }
  }

  private void onReady() {
    if (phase == Phase.WAITING) {
      enter(Phase.FEEDING);
      feed();
    } else if (phase == Phase.LEVEL) {
      paySignals();
    }
  }

  private void feed() {
    if (position >= room.head().sequence()) {
      if (announce(position + 1)) {
        onLevel();
      }
      return;
    }
    Range next = Range.after(position, PAGE_MESSAGES).withBytes(Batch.MAX_BYTES);
    if (position < historyThrough) {
      // Not what is in memory: that is as it was when it came.
      read(next.ofMessages(), this::onHistory);
      return;
    }
    Optional<Batch> recent = room.recent(position);
    if (recent.isPresent()) {
      feed(recent.get());
    } else {
      read(next, this::onPage);
    }
  }

  private void read(Range range, Consumer<Page> onPage) {
    room.read(
        this,
        range,
        page -> {
          if (isStillWhole(page)) {
            onPage.accept(page);
          }
        },
        () -> end(CloseReason.FAULT));
  }

  private void feed(Batch batch) {
    if (announce(batch.entries().get(0).sequence())
        && tellBehind(batch.cursor().sequence() < room.head().sequence())
        && offer(batch)) {
      feed();
    }
  }

  /** Whether it goes on with this page: not if retention has removed what was to come next. */
  private boolean isStillWhole(Page page) {
    if (phase != Phase.FEEDING) {
      return false;
    }
    if (page.trimmedThrough() > position) {
      if (unannounced.isEmpty()) {
        end(CloseReason.TRIMMED);
        return false;
      }
      // Nobody has been told yet where it begins.
      unannounced = Optional.of(unannounced.get().trimmed(page.trimmedThrough()));
      position = page.trimmedThrough();
    }
    return true;
  }

  private void onHistory(Page page) {
    List<Entry> due = history(page);
    if (due.isEmpty()) {
      read(Range.before(historyThrough + 1, 1), this::onEndOfHistory);
    } else {
      feed(Batch.of(due, room.head()));
    }
  }

  /** The last record is given whatever it is: what comes after it names it as the one before. */
  private void onEndOfHistory(Page page) {
    List<Entry> due = history(page);
    if (due.isEmpty()) {
      position = historyThrough;
      feed();
    } else {
      feed(Batch.of(due, room.head()));
    }
  }

  /** What of a page is history and was not given yet, each naming the one that is given before. */
  private List<Entry> history(Page page) {
    List<Entry> due = new ArrayList<>(page.entries().size());
    long before = position;
    for (Entry entry : page.entries()) {
      if (entry.sequence() > before && entry.sequence() <= historyThrough) {
        due.add(entry.following(before));
        before = entry.sequence();
      }
    }
    return due;
  }

  private void onPage(Page page) {
    long head = room.head().sequence();
    List<Entry> due = page.entries().stream().filter(m -> m.sequence() <= head).toList();
    if (due.isEmpty()) {
      // Nothing was left between here and the head when the page was read: it was removed, and
      // sequences may skip. What was kept since then comes with the next page.
      position = Math.max(position, Math.min(head, page.head().sequence()));
      feed();
    } else {
      feed(Batch.of(due, room.head()));
    }
  }

  /** Says so once if one page is not enough; false if the outbox failed. */
  private boolean tellBehind(boolean moreThanAPage) {
    if (!moreThanAPage || toldBehind) {
      return true;
    }
    toldBehind = true;
    owesLive = true;
    return call(() -> outbox.onBehind(room.head()));
  }

  private boolean offer(Batch batch) {
    boolean[] taken = new boolean[1];
    if (!call(() -> taken[0] = take(batch))) {
      return false;
    }
    if (!taken[0]) {
      enter(Phase.WAITING);
    }
    return taken[0];
  }

  private void onLevel() {
    enter(Phase.LEVEL);
    toldBehind = false;
    if (owesLive) {
      owesLive = false;
      if (!call(() -> outbox.onLive(room.head()))) {
        return;
      }
    }
    paySignals();
    runOnceLevel();
  }

  private void onceLevel(Runnable task) {
    if (phase == Phase.LEVEL || phase == Phase.LEFT) {
      task.run();
    } else {
      onceLevel = new ArrayList<>(onceLevel);
      onceLevel.add(task);
    }
  }

  private void runOnceLevel() {
    List<Runnable> due = onceLevel;
    onceLevel = List.of();
    due.forEach(Runnable::run);
  }

  private void paySignals() {
    if (signals.owes()) {
      call(() -> signals.pay(room.signals()));
    }
  }

  /** Says how the room goes now; who has not been told how it began hears of it with that. */
  void onMode(RoomMode mode) {
    if (phase != Phase.JOINING && unannounced.isEmpty()) {
      call(() -> outbox.onMode(mode));
    }
  }

  /** Ends the session, unless it has left, and tells its outbox why. */
  void end(CloseReason reason) {
    if (!gone()) {
      return;
    }
    try {
      outbox.onClosed(reason);
    } catch (Throwable e) {
      LOG.log(System.Logger.Level.WARNING, "A session's outbox failed as it was closed", e);
    }
  }

  /** Leaves; false if it had left before. */
  private boolean gone() {
    if (phase == Phase.LEFT) {
      return false;
    }
    boolean wasAdmitted = phase != Phase.NEW;
    hasEnded = true;
    enter(Phase.LEFT);
    room.onGone(this, wasAdmitted);
    runOnceLevel();
    return true;
  }

  /** Calls the outbox; one that throws loses its session. */
  private boolean call(Runnable toOutbox) {
    try {
      toOutbox.run();
      return true;
    } catch (Throwable e) {
      outboxFailed(e);
      end(CloseReason.FAULT);
      return false;
    }
  }

  private void outboxFailed(Throwable failure) {
    hasFailed = true;
    LOG.log(System.Logger.Level.WARNING, "A session's outbox failed; the session ends", failure);
  }
}
