package io.durablechat.core;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Goes through all rooms, again and again, and has removed what need not be kept. */
final class Retention {
  private static final System.Logger LOG = System.getLogger(Retention.class.getName());
  private static final long MINUTES_BETWEEN = 1;

  /** Rooms asked for at a time. */
  private static final int ROOMS = 500;

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

  /**
   * Goes through all rooms, and once more as long as one has more than its turn allows to remove;
   * returns how many records were removed. Blocks.
   */
  long pass() {
    long removed = 0;
    Round round;
    do {
      round = round();
      removed += round.removed();
    } while (round.isUnfinished());
    return removed;
  }

  private record Round(long removed, boolean isUnfinished) {}

  private Round round() {
    long removed = 0;
    boolean unfinished = false;
    Optional<RoomName> last = Optional.empty();
    while (true) {
      List<RoomName> rooms = log.rooms(last, ROOMS);
      if (rooms.isEmpty()) {
        return new Round(removed, unfinished);
      }
      for (RoomName room : rooms) {
        long inRoom = trim(room, rule.apply(room));
        removed += inRoom;
        unfinished |= inRoom == (long) STEPS * RECORDS;
      }
      last = Optional.of(rooms.get(rooms.size() - 1));
    }
  }

  private long trim(RoomName room, Keep keep) {
    // Asked beside the writer: most rooms have nothing to remove most of the time.
    if (keep.equals(Keep.FOREVER) || room.equals(Moderation.TRAIL) || !log.hasBeyond(room, keep)) {
      return 0;
    }
    long removed = 0;
    int step = RECORDS;
    for (int i = 0; i < STEPS && step == RECORDS; i++) {
      step = writer.trim(room, keep, RECORDS).toCompletableFuture().join();
      removed += step;
    }
    return removed;
  }
}
