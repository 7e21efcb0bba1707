package io.durablechat.testkit;

import io.durablechat.core.Cursor;
import io.durablechat.core.Decision;
import io.durablechat.core.Durability;
import io.durablechat.core.Keep;
import io.durablechat.core.MessageLog;
import io.durablechat.core.Newest;
import io.durablechat.core.Page;
import io.durablechat.core.Place;
import io.durablechat.core.Range;
import io.durablechat.core.RoomName;
import io.durablechat.core.SteadyClock;
import io.durablechat.core.Submission;
import io.durablechat.core.Submission.Stamp;
import io.durablechat.core.Summary;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * A log that numbers with holes, as one does that carries many rooms: it stamps what is appended
 * and passes it on to another log. Where the holes are is the same in each run. What has a stamp
 * already keeps it.
 */
public final class SparseMessageLog implements MessageLog {
  private final MessageLog behind;
  private final SteadyClock clock;
  private final Random random = new Random(23);

  private SparseMessageLog(MessageLog behind, InstantSource clock) {
    this.behind = behind;
    this.clock = SteadyClock.of(clock);
  }

  /** Returns one that is closed with the log behind it, and dates by the clock that log goes by. */
  public static SparseMessageLog on(MessageLog behind, InstantSource clock) {
    return new SparseMessageLog(behind, clock);
  }

  @Override
  public List<Decision> append(List<Submission> batch) {
    Instant at = clock.earliest();
    Map<RoomName, Long> ends = new HashMap<>();
    List<Submission> stamped = new ArrayList<>(batch.size());
    for (Submission submission : batch) {
      stamped.add(stamped(submission, at, ends));
    }
    return behind.append(stamped);
  }

  private Submission stamped(Submission submission, Instant at, Map<RoomName, Long> ends) {
    if (submission.stamp().isPresent()) {
      List<Submission> others = submission.others();
      Submission last = others.isEmpty() ? submission : others.get(others.size() - 1);
      long end = end(submission.room(), ends);
      ends.put(submission.room(), Math.max(end, last.stamp().orElseThrow().sequence()));
      return submission;
    }
    Submission first = submission.with(List.of()).stamped(next(submission.room(), at, ends));
    List<Submission> others = new ArrayList<>();
    submission
        .others()
        .forEach(other -> others.add(other.stamped(next(submission.room(), at, ends))));
    return first.with(others);
  }

  private Stamp next(RoomName room, Instant at, Map<RoomName, Long> ends) {
    Stamp next = new Stamp(end(room, ends) + 1 + hole(), at);
    ends.put(room, next.sequence());
    return next;
  }

  private long end(RoomName room, Map<RoomName, Long> ends) {
    return ends.computeIfAbsent(room, r -> behind.head(r).sequence());
  }

  /** Mostly small, and sometimes longer than any page. */
  private int hole() {
    return random.nextInt(8) == 0 ? random.nextInt(5000) : random.nextInt(3);
  }

  @Override
  public Optional<Decision> earlier(Submission submission) {
    return behind.earlier(submission);
  }

  @Override
  public Page read(RoomName room, Range range) {
    return behind.read(room, range);
  }

  @Override
  public Place locate(RoomName room, Newest newest) {
    return behind.locate(room, newest);
  }

  @Override
  public Cursor head(RoomName room) {
    return behind.head(room);
  }

  @Override
  public List<RoomName> rooms(Optional<RoomName> after, int atMost) {
    return behind.rooms(after, atMost);
  }

  @Override
  public int trim(RoomName room, Keep keep, int atMost) {
    return behind.trim(room, keep, atMost);
  }

  @Override
  public boolean hasBeyond(RoomName room, Keep keep) {
    return behind.hasBeyond(room, keep);
  }

  @Override
  public List<Aged> roomsOlderThan(Duration age, Optional<Aged> after, int atMost) {
    return behind.roomsOlderThan(age, after, atMost);
  }

  @Override
  public int forget(Set<RoomName> inUse, int atMost) {
    return behind.forget(inUse, atMost);
  }

  @Override
  public boolean tidy() {
    return behind.tidy();
  }

  @Override
  public Optional<Summary> summary(RoomName room) {
    return behind.summary(room);
  }

  @Override
  public void keepSummary(RoomName room, Summary summary) {
    behind.keepSummary(room, summary);
  }

  @Override
  public void probe() {
    behind.probe();
  }

  @Override
  public boolean canKeep() {
    return behind.canKeep();
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
