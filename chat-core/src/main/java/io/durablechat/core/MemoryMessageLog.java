package io.durablechat.core;

import io.durablechat.core.Submission.Stamp;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * A log in memory: it keeps each room's newest messages for as long as the process runs.
 *
 * <p>Bounded twice: a room keeps its last 10,000 messages, where what was deleted does not count,
 * and all rooms together take a quarter of the heap; over that, the oldest of all go first. Ids of
 * drafts are remembered for two minutes, unless they alone would take more than another sixteenth
 * of the heap: then the oldest are forgotten earlier. A room that holds neither is {@linkplain
 * #forget forgotten}. Numbers are never used again. Each log has a lineage of its own. What is old
 * is so by a {@link SteadyClock}.
 */
public final class MemoryMessageLog implements MessageLog {
  /** How many messages a room keeps by default. */
  public static final int DEFAULT_MESSAGES_PER_ROOM = 10_000;

  private static final Duration RETRY_WINDOW = Duration.ofMinutes(2);

  /** What a message costs beside its body, roughly: objects, identity, id. */
  private static final long MESSAGE_OVERHEAD = 400;

  /** What a remembered id costs, roughly: key, digest, map and queue. */
  private static final long ID_COST = 400;

  /** Trimmed marks that the age queue may hold beside as many as there are messages. */
  private static final int STALE_MARKS = 1024;

  private final SteadyClock clock;
  private final int messagesPerRoom;
  private final long maxBytes;
  private final long lineage = new SecureRandom().nextLong();
  private final ConcurrentNavigableMap<RoomName, RoomMessages> rooms =
      new ConcurrentSkipListMap<>(Comparator.comparing(RoomName::value));

  // Used by the appending thread alone.
  private final Map<DraftKey, Kept> ids = new HashMap<>();
  private final Queue<Kept> idsByAge = new ArrayDeque<>();

  /** The room of each message ever appended, oldest first; trimmed ones are skipped by count. */
  private final Queue<RoomMessages> byAge = new ArrayDeque<>();

  /** Rooms that came to hold nothing, and some that hold something since; none twice. */
  private final Queue<RoomMessages> emptied = new ArrayDeque<>();

  /** No room that was forgotten had a number above it. */
  private volatile long floor;

  private long entries;
  private long bytes;

  private final Decision.Basis basis =
      new Decision.Basis() {
        @Override
        public Optional<Decision.FirstUse> firstUse(Submission submission) {
          return key(submission)
              .map(ids::get)
              .filter(kept -> isRemembered(kept, submission))
              .map(kept -> new Decision.FirstUse(kept.sequence(), kept.digest()));
        }

        @Override
        public boolean hasMessage(RoomName name, long sequence) {
          RoomMessages room = rooms.get(name);
          return room != null && room.hasMessage(sequence);
        }
      };

  private record DraftKey(RoomName room, String author, String id) {}

  private record Kept(DraftKey key, ByteBuffer digest, long sequence, Instant at) {}

  private MemoryMessageLog(InstantSource clock, int messagesPerRoom, long maxBytes) {
    this.clock = SteadyClock.of(Objects.requireNonNull(clock));
    this.messagesPerRoom = messagesPerRoom;
    this.maxBytes = maxBytes;
  }

  /** A log with the default bounds, that takes its time from this clock. */
  public static MemoryMessageLog of(InstantSource clock) {
    return of(clock, DEFAULT_MESSAGES_PER_ROOM, Runtime.getRuntime().maxMemory() / 4);
  }

  /**
   * A log with other bounds.
   *
   * @param messagesPerRoom how many messages a room keeps, at least 1
   * @param maxBytes how many bytes all messages together may take, roughly
   */
  public static MemoryMessageLog of(InstantSource clock, int messagesPerRoom, long maxBytes) {
    if (messagesPerRoom < 1) {
      throw new IllegalArgumentException("messagesPerRoom must be positive: " + messagesPerRoom);
    }
    return new MemoryMessageLog(clock, messagesPerRoom, maxBytes);
  }

  @Override
  public List<Decision> append(List<Submission> batch) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    forgetIds(batch);
    requireRising(batch, now);
    List<Decision> results = new ArrayList<>(batch.size());
    for (Submission submission : batch) {
      results.add(append(submission, now));
    }
    return results;
  }

  @Override
  public Optional<Decision> earlier(Submission submission) {
    forgetIds();
    return Decision.earlier(submission, basis);
  }

  private static boolean isRemembered(Kept kept, Submission submission) {
    return submission.stamp().isEmpty()
        || !kept.at().isBefore(submission.stamp().get().at().minus(RETRY_WINDOW));
  }

  private static Optional<DraftKey> key(Submission submission) {
    return submission
        .draft()
        .id()
        .map(id -> new DraftKey(submission.room(), submission.author().identity(), id));
  }

  /** Before anything is kept, since all of the batch is or nothing. */
  private void requireRising(List<Submission> batch, Instant now) {
    if (batch.stream().noneMatch(submission -> submission.stamp().isPresent())) {
      return;
    }
    Rehearsal rehearsal = new Rehearsal(basis, room -> head(room).sequence(), RETRY_WINDOW, now);
    batch.forEach(rehearsal::append);
  }

  private Decision append(Submission submission, Instant now) {
    Optional<Decision> against = Decision.against(submission, basis);
    return against.isPresent() ? against.get() : keepAll(submission, now);
  }

  private Decision keepAll(Submission submission, Instant now) {
    Entry first = keep(submission, now);
    if (submission.others().isEmpty()) {
      return new Decision.Kept(first);
    }
    List<Entry> others = new ArrayList<>();
    submission.others().forEach(other -> others.add(keep(other, now)));
    return new Decision.Kept(first, others);
  }

  private Entry keep(Submission submission, Instant now) {
    Draft draft = submission.draft();
    Content content = draft.content();
    if (content.target().isPresent()) {
      change(submission.room(), content.target().getAsLong(), content);
    }
    RoomMessages room = rooms.computeIfAbsent(submission.room(), r -> new RoomMessages(r, floor));
    Optional<Stamp> stamp = submission.stamp();
    Instant at = stamp.isPresent() ? stamp.get().at().truncatedTo(ChronoUnit.MILLIS) : now;
    Entry entry =
        stamp.isPresent()
            ? room.append(submission.author(), draft, stamp.get().sequence(), at)
            : room.append(submission.author(), draft, at);
    key(submission)
        .ifPresent(
            k -> {
              Kept kept = new Kept(k, ByteBuffer.wrap(draft.digest()), entry.sequence(), at);
              ids.put(k, kept);
              idsByAge.add(kept);
              room.ids++;
            });
    byAge.add(room);
    entries++;
    bytes += cost(entry);
    trim(room);
    return entry;
  }

  private void change(RoomName name, long sequence, Content change) {
    RoomMessages room = rooms.get(name);
    // Unless what was kept before it in its group has pushed it out.
    if (room.hasMessage(sequence)) {
      bytes += room.change(sequence, change);
    }
  }

  private void forgetIds() {
    forgetIds(List.of());
  }

  /** Forgets old ids, but none that decides about a batch that was dated elsewhere. */
  private void forgetIds(List<Submission> batch) {
    Instant now = clock.earliest();
    for (Submission submission : batch) {
      if (submission.stamp().isPresent() && submission.stamp().get().at().isBefore(now)) {
        now = submission.stamp().get().at();
      }
    }
    Instant oldest = now.minus(RETRY_WINDOW);
    while (!idsByAge.isEmpty()
        && (idsByAge.peek().at().isBefore(oldest) || idsByAge.size() * ID_COST > maxBytes / 4)) {
      Kept forgotten = idsByAge.remove();
      // Not one that was kept under the same id since.
      ids.remove(forgotten.key(), forgotten);
      RoomMessages room = rooms.get(forgotten.key().room());
      room.ids--;
      noteIfIdle(room);
    }
  }

  private void trim(RoomMessages appended) {
    while (appended.said() > messagesPerRoom) {
      removeOldestOf(appended);
      appended.trimmedAhead++;
    }
    while (bytes > maxBytes && entries > 1) {
      RoomMessages oldest = byAge.remove();
      if (oldest.trimmedAhead > 0) {
        oldest.trimmedAhead--;
      } else {
        removeOldestOf(oldest);
      }
    }
    if (byAge.size() > 2 * entries + STALE_MARKS) {
      // In order of age: a room's stale marks come before those of what it still has.
      byAge.removeIf(room -> room.trimmedAhead > 0 && room.trimmedAhead-- > 0);
    }
  }

  private void removeOldestOf(RoomMessages room) {
    bytes -= cost(room.removeOldest());
    entries--;
    noteIfIdle(room);
  }

  private void noteIfIdle(RoomMessages room) {
    if (isIdle(room) && !room.isNoted && !room.name().isReserved()) {
      room.isNoted = true;
      emptied.add(room);
    }
  }

  private static boolean isIdle(RoomMessages room) {
    return room.size() == 0 && room.ids == 0;
  }

  /** How many marks the age queue holds, of messages and of trimmed ones. */
  int ageMarks() {
    return byAge.size();
  }

  private static long cost(Entry entry) {
    return MESSAGE_OVERHEAD + entry.draft().body().size();
  }

  @Override
  public Page read(RoomName name, Range range) {
    RoomMessages room = rooms.get(name);
    return room == null
        ? new Page(List.of(), false, floor, new Cursor(name, lineage, floor))
        : room.read(range, new Cursor(name, lineage, 0));
  }

  @Override
  public Place locate(RoomName name, Newest newest) {
    RoomMessages room = rooms.get(name);
    return room == null
        ? new Place(floor, OptionalLong.empty(), floor, new Cursor(name, lineage, floor))
        : room.locate(newest, new Cursor(name, lineage, 0));
  }

  @Override
  public Cursor head(RoomName name) {
    RoomMessages room = rooms.get(name);
    return new Cursor(name, lineage, room == null ? floor : room.last());
  }

  @Override
  public List<RoomName> rooms(Optional<RoomName> after, int atMost) {
    return (after.isPresent() ? rooms.tailMap(after.get(), false) : rooms)
        .keySet().stream().limit(atMost).toList();
  }

  @Override
  public boolean hasBeyond(RoomName name, Keep keep) {
    RoomMessages room = rooms.get(name);
    return room != null && room.isBeyond(keep, clock.earliest());
  }

  @Override
  public int trim(RoomName name, Keep keep, int atMost) {
    RoomMessages room = rooms.get(name);
    int removed = 0;
    while (room != null && removed < atMost && room.isBeyond(keep, clock.earliest())) {
      removeOldestOf(room);
      room.trimmedAhead++;
      removed++;
    }
    return removed;
  }

  @Override
  public List<Aged> roomsOlderThan(Duration age, Optional<Aged> after, int atMost) {
    Instant before = clock.earliest().minus(age);
    Comparator<Aged> order =
        Comparator.comparing(Aged::oldest).thenComparing(aged -> aged.room().value());
    return rooms.values().stream()
        .flatMap(room -> room.oldest().map(at -> new Aged(room.name(), at)).stream())
        .filter(aged -> aged.oldest().isBefore(before))
        .filter(aged -> after.isEmpty() || order.compare(aged, after.get()) > 0)
        .sorted(order)
        .limit(atMost)
        .toList();
  }

  @Override
  public int forget(Set<RoomName> inUse, int atMost) {
    forgetIds();
    int forgotten = 0;
    for (int i = emptied.size(); i > 0 && forgotten < atMost; i--) {
      RoomMessages room = emptied.remove();
      room.isNoted = false;
      if (inUse.contains(room.name())) {
        noteIfIdle(room);
      } else if (isIdle(room)) {
        if (room.last() > floor) {
          raiseFloor(room.last(), inUse);
        }
        rooms.remove(room.name());
        forgotten++;
      }
    }
    return forgotten;
  }

  /** Seldom, for it is doubled; and first, so that nobody finds a room neither there nor below. */
  private void raiseFloor(long last, Set<RoomName> inUse) {
    for (RoomName name : inUse) {
      if (!rooms.containsKey(name)) {
        RoomMessages room = new RoomMessages(name, floor);
        rooms.put(name, room);
        noteIfIdle(room);
      }
    }
    floor = Math.max(last, (Long.highestOneBit(last) << 1) - 1);
  }

  @Override
  public Durability durability() {
    return Durability.MEMORY;
  }

  @Override
  public Duration retryWindow() {
    return RETRY_WINDOW;
  }

  @Override
  public void close() {
    rooms.clear();
  }
}
