package io.durablechat.core;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Keeps the live room of each name that is in use.
 *
 * <p>A slot counts pins: one for each session and each call on its way. All changes of a slot
 * happen within {@code compute} of the map, so that a room is taken out only while nothing can
 * reach it. A slot has at most one timer, however often the room falls quiet.
 */
final class LiveDirectory implements RoomDirectory {
  private static final System.Logger LOG = System.getLogger(LiveDirectory.class.getName());
  private static final long CLOSE_SECONDS = 5;

  private static final class Slot {
    private final LiveRoom room;
    private int pins;
    private long timesQuiet;
    private boolean timed;

    private Slot(LiveRoom room) {
      this.room = room;
    }
  }

  private final RoomSettings settings;
  private final Duration idleAfter;

  /** Release what is the directory's own, in this order: threads and the log. */
  private final List<Runnable> releases;

  /** Moderation may outlive this directory, and would keep it and its rooms. */
  private final Runnable unlisten;

  private final ConcurrentMap<RoomName, Slot> slots = new ConcurrentHashMap<>();

  /** Set once, before the rooms there are then are drained; later ones are as they are made. */
  private volatile CloseReason drained;

  LiveDirectory(RoomSettings settings, Duration idleAfter, List<Runnable> releases) {
    this.settings = settings;
    this.idleAfter = idleAfter;
    this.releases = List.copyOf(releases);
    this.unlisten = settings.moderation().map(m -> m.onRuling(this::onRuling)).orElse(() -> {});
  }

  @Override
  public Room room(RoomName name) {
    if (name.isReserved()) {
      throw new IllegalArgumentException("no room can have this name");
    }
    return new Handle(name);
  }

  /** A room that is being made meanwhile asks as it lets its first session in. */
  private void onRuling(Ruling ruling) {
    slots.forEach(
        (name, slot) -> {
          if (ruling.room().isEmpty() || ruling.room().get().equals(name)) {
            slot.room.onRuling(ruling);
          }
        });
  }

  @Override
  public Optional<Moderation> moderation() {
    return settings.moderation();
  }

  @Override
  public boolean canKeep() {
    return settings.broadcaster().canKeep();
  }

  @Override
  public Terms terms() {
    return settings.terms();
  }

  @Override
  public List<RoomName> awake() {
    return List.copyOf(slots.keySet());
  }

  @Override
  public boolean isAwake(RoomName name) {
    return slots.containsKey(name);
  }

  @Override
  public CompletionStage<Void> drain(CloseReason reason) {
    if (drained == null) {
      drained = reason;
    }
    return CompletableFuture.allOf(
        slots.values().stream()
            .map(slot -> slot.room.drain(drained).toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public void close() {
    CompletableFuture<Void> done = drain(CloseReason.GOING_AWAY).toCompletableFuture();
    unlisten.run();
    if (releases.isEmpty()) {
      return;
    }
    try {
      done.orTimeout(CLOSE_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      LOG.log(System.Logger.Level.WARNING, "Rooms closed before everything in them was settled");
    }
    releases.forEach(Runnable::run);
  }

  /** Returns whether a page is of a log that goes as far as was asked. */
  private static boolean isReached(Range range, Page page) {
    return range.reaches() <= page.head().sequence();
  }

  private static CompletionStage<Page> completed(Page page) {
    return CompletableFuture.completedFuture(page);
  }

  private LiveRoom pin(RoomName name) {
    LiveRoom room = slots.compute(name, this::pinned).room;
    if (drained != null) {
      // Not within compute: drain() may have walked past this room before it was there.
      room.drain(drained);
    }
    return room;
  }

  private Slot pinned(RoomName name, Slot known) {
    Slot slot = known == null ? new Slot(new LiveRoom(name, settings, () -> unpin(name))) : known;
    slot.pins++;
    return slot;
  }

  private void unpin(RoomName name) {
    slots.computeIfPresent(
        name,
        (n, slot) -> {
          if (--slot.pins == 0) {
            slot.timesQuiet++;
            if (!slot.timed) {
              sleepLater(name, slot);
            }
          }
          return slot;
        });
  }

  private void sleepLater(RoomName name, Slot slot) {
    slot.timed = true;
    long timesQuiet = slot.timesQuiet;
    try {
      settings
          .timer()
          .schedule(
              () -> slots.computeIfPresent(name, (n, s) -> afterIdle(n, s, timesQuiet)),
              idleAfter.toNanos(),
              TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // The timer was shut down, so the directory is closed: its rooms need no sleep any more.
      LOG.log(System.Logger.Level.DEBUG, "No timer for an idle room", e);
    }
  }

  private Slot afterIdle(RoomName name, Slot slot, long timesQuiet) {
    slot.timed = false;
    if (slot.pins > 0) {
      return slot;
    }
    if (slot.timesQuiet != timesQuiet) {
      sleepLater(name, slot);
      return slot;
    }
    slot.room.sleep();
    return null;
  }

  /** What applications hold: a name, and the way to the room while it is live. */
  private final class Handle implements Room {
    private final RoomName name;

    private Handle(RoomName name) {
      this.name = name;
    }

    @Override
    public RoomName name() {
      return name;
    }

    @Override
    public Session join(Member member, SessionAttributes attributes, Start start, Outbox outbox) {
      Stream.concat(start.cursor().stream(), start.place().stream())
          .filter(cursor -> !cursor.room().equals(name))
          .findAny()
          .ifPresent(
              cursor -> {
                throw new IllegalArgumentException("cursor belongs to another room");
              });
      return pin(name).join(member, attributes, start, outbox);
    }

    @Override
    public CompletionStage<Cursor> head() {
      Slot slot = slots.get(name);
      Cursor known = slot == null ? null : slot.room.knownHead();
      return known == null
          ? settings.broadcaster().locate(name, Newest.records(1)).thenApply(Place::head)
          : CompletableFuture.completedFuture(known);
    }

    @Override
    public CompletionStage<Receipt> publish(
        Member author, SessionAttributes attributes, Draft draft) {
      return pin(name).publish(author, attributes, draft);
    }

    @Override
    public CompletionStage<List<Member>> members() {
      return pin(name).ask(audience -> audience.members().list());
    }

    @Override
    public CompletionStage<Integer> memberCount() {
      return pin(name).ask(audience -> audience.members().count());
    }

    @Override
    public CompletionStage<Set<String>> addressHashes(String identity) {
      return pin(name).ask(audience -> audience.addressHashes(identity));
    }

    @Override
    public CompletableFuture<Page> history(Range range) {
      CompletableFuture<Page> result = new CompletableFuture<>();
      read(range, result)
          .thenCompose(
              page -> isReached(range, page) ? completed(page) : readFurther(range, page, result))
          .whenComplete(
              (page, e) -> {
                if (e == null) {
                  result.complete(page);
                } else {
                  result.completeExceptionally(e instanceof CompletionException ? e.getCause() : e);
                }
              });
      return result;
    }

    private CompletableFuture<Page> read(Range range, CompletableFuture<Page> wanted) {
      return settings
          .pages()
          .pass(() -> !wanted.isDone(), () -> settings.broadcaster().read(name, range));
    }

    /** Not in its turn: it may wait for other machines, and others would wait for it. */
    private CompletionStage<Page> readFurther(
        Range range, Page read, CompletableFuture<Page> wanted) {
      return settings
          .broadcaster()
          .reach(name, range.reaches())
          .thenCompose(
              head ->
                  head.sequence() > read.head().sequence() ? read(range, wanted) : completed(read));
    }
  }
}
