package io.durablechat.core;

import io.durablechat.core.MessageLog.Aged;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Has removed what need not be kept, again and again.
 *
 * <p>The first pass looks at all rooms. Those after it look at rooms in which something may have to
 * go since: which were appended to; whose oldest record has passed an age that the rule names; and
 * a few more at each pass, so that all have their turn in time, for the rule may say something else
 * by then. So a pass costs what has changed, however many rooms there are.
 */
final class Retention {
  private static final System.Logger LOG = System.getLogger(Retention.class.getName());
  private static final long MINUTES_BETWEEN = 1;

  /** Rooms asked for at a time, and how many of those that nothing speaks for are looked at. */
  private static final int ROOMS = 500;

  /** With more different ages than this, each pass looks at all rooms. */
  private static final int MAX_AGES = 100;

  /**
   * Records removed at a time: bounds how long publishing waits for it, and is no less than what
   * can be appended meanwhile.
   */
  private static final int RECORDS = LogWriter.MAX_APPEND;

  /** Steps in one room before the others have their turn. */
  private static final int STEPS = 16;

  private final MessageLog log;
  private final LogWriter writer;
  private final Function<RoomName, Keep> rule;

  /** The ages that the rule has named, each with the room up to which none was older. */
  private final Map<Duration, Optional<Aged>> ages = new HashMap<>();

  /** The last of those that nothing spoke for. */
  private Optional<RoomName> swept = Optional.empty();

  private boolean mustLookAtAll = true;

  // Of the pass under way.
  private long removed;
  private List<RoomName> unfinished = List.of();

  Retention(MessageLog log, LogWriter writer, Function<RoomName, Keep> rule) {
    this.log = log;
    this.writer = writer;
    this.rule = rule;
  }

  void repeatOn(ScheduledExecutorService timer) {
    timer.scheduleWithFixedDelay(this::attempt, 0, MINUTES_BETWEEN, TimeUnit.MINUTES);
  }

  /** A pass that failed is no reason not to try the next. */
  private void attempt() {
    try {
      pass();
    } catch (CompletionException | IllegalStateException e) {
      LOG.log(System.Logger.Level.DEBUG, "Old messages could not be removed now", e);
    } catch (Throwable e) {
      LOG.log(System.Logger.Level.ERROR, "Old messages could not be removed", e);
    }
  }

  /** Removes what need not be kept of all rooms; returns how many records it was. Blocks. */
  long passOverAll() {
    return looking(this::lookAtAll);
  }

  /** Removes what need not be kept since the last pass; returns how many records. Blocks. */
  long pass() {
    Optional<List<RoomName>> changed = writer.takeChanged();
    boolean all = mustLookAtAll || changed.isEmpty() || ages.size() > MAX_AGES;
    // If something fails on the way, what was to be looked at is found again.
    mustLookAtAll = true;
    long records = all ? passOverAll() : looking(() -> lookAtThoseDue(changed.get()));
    mustLookAtAll = false;
    return records;
  }

  private long looking(Runnable look) {
    removed = 0;
    unfinished = new ArrayList<>();
    look.run();
    finish();
    forget();
    return removed;
  }

  private void lookAtThoseDue(List<RoomName> changed) {
    changed.forEach(this::lookAt);
    List.copyOf(ages.keySet()).forEach(this::lookAtThoseOlderThan);
    swept = lookAtPage(swept);
  }

  private void lookAtAll() {
    Optional<RoomName> last = Optional.empty();
    do {
      last = lookAtPage(last);
    } while (last.isPresent());
  }

  /** A page of all rooms; returns its last one, if more may follow. */
  private Optional<RoomName> lookAtPage(Optional<RoomName> after) {
    List<RoomName> rooms = log.rooms(after, ROOMS);
    rooms.forEach(this::lookAt);
    return rooms.size() < ROOMS ? Optional.empty() : Optional.of(rooms.get(ROOMS - 1));
  }

  private void lookAtThoseOlderThan(Duration age) {
    List<Aged> rooms;
    do {
      rooms = log.roomsOlderThan(age, ages.get(age), ROOMS);
      rooms.forEach(aged -> lookAt(aged.room()));
      if (!rooms.isEmpty()) {
        ages.put(age, Optional.of(rooms.get(rooms.size() - 1)));
      }
    } while (rooms.size() == ROOMS);
  }

  private void lookAt(RoomName room) {
    if (trim(room) == (long) STEPS * RECORDS) {
      unfinished.add(room);
    }
  }

  /** Rooms with more to remove than their turn allowed, in turns again; no others are asked. */
  private void finish() {
    while (!unfinished.isEmpty()) {
      List<RoomName> rooms = unfinished;
      unfinished = new ArrayList<>();
      rooms.forEach(this::lookAt);
    }
  }

  private void forget() {
    boolean more;
    do {
      more = writer.forget().toCompletableFuture().join();
    } while (more);
  }

  private long trim(RoomName room) {
    if (room.isReserved()) {
      return 0;
    }
    Keep keep = rule.apply(room);
    keep.age().ifPresent(age -> ages.putIfAbsent(age, Optional.empty()));
    // Asked beside the writer: most rooms have nothing to remove most of the time.
    if (keep.equals(Keep.FOREVER) || !log.hasBeyond(room, keep)) {
      return 0;
    }
    long inRoom = 0;
    int step = RECORDS;
    for (int i = 0; i < STEPS && step == RECORDS; i++) {
      step = writer.trim(room, keep, RECORDS).toCompletableFuture().join();
      inRoom += step;
    }
    removed += inRoom;
    return inRoom;
  }
}
