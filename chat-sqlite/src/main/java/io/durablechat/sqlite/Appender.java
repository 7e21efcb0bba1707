package io.durablechat.sqlite;

import io.durablechat.core.Decision;
import io.durablechat.core.Draft;
import io.durablechat.core.Entry;
import io.durablechat.core.RoomName;
import io.durablechat.core.Submission;
import io.durablechat.core.Submission.Stamp;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Writes batches of drafts, each as one transaction. Used by one thread at a time. */
final class Appender {
  private final WriteConnection connection;

  /** In milliseconds. */
  private final long retryWindow;

  private final RoomRows rooms;
  private final Identities identities;
  private final MessageRows entries;
  private final PublishIds ids;

  Appender(WriteConnection connection, RoomRows rooms, Identities identities, Duration retryWindow)
      throws SQLException {
    this.connection = connection;
    this.retryWindow = retryWindow.toMillis();
    this.rooms = rooms;
    this.identities = identities;
    this.entries = new MessageRows(connection);
    this.ids = new PublishIds(connection);
  }

  /**
   * Writes a batch.
   *
   * @param since ids that were used earlier are forgotten
   */
  List<Decision> append(List<Submission> batch, Instant now, Instant since) {
    List<Decision> decisions =
        connection.transaction(() -> appendAll(batch, now.toEpochMilli(), since.toEpochMilli()));
    rooms.forgetOldest();
    identities.forgetOldest();
    return decisions;
  }

  /**
   * What would become of a draft by its id alone; makes no room and no author.
   *
   * @param since ids that were used earlier are forgotten
   */
  Optional<Decision> earlier(Submission submission, Instant since) {
    try {
      return Decision.earlier(submission, new Basis(since.toEpochMilli()));
    } finally {
      rooms.forgetOldest();
      identities.forgetOldest();
    }
  }

  private List<Decision> appendAll(List<Submission> batch, long now, long since)
      throws SQLException {
    Basis basis = new Basis(since);
    long forgotten = since;
    List<Decision> decisions = new ArrayList<>(batch.size());
    for (Submission submission : batch) {
      forgotten = Math.min(forgotten, basis.since(submission));
      Optional<Decision> against = Decision.against(submission, basis);
      decisions.add(against.isPresent() ? against.get() : keepAll(submission, now));
    }
    rooms.store();
    // What is dated elsewhere is decided by what was remembered then.
    ids.forgetOlderThan(forgotten, batch.size());
    return decisions;
  }

  private Decision keepAll(Submission submission, long now) throws SQLException {
    Entry first = keep(submission, now);
    if (submission.others().isEmpty()) {
      return new Decision.Kept(first);
    }
    List<Entry> others = new ArrayList<>();
    for (Submission other : submission.others()) {
      others.add(keep(other, now));
    }
    return new Decision.Kept(first, others);
  }

  private Entry keep(Submission submission, long now) throws SQLException {
    Draft draft = submission.draft();
    RoomRows.Row room = rooms.row(submission.room());
    long author = identities.number(submission.author().identity());
    OptionalLong target = draft.content().target();
    if (target.isPresent() && entries.change(room.id(), target.getAsLong(), draft.content())) {
      rooms.onDeleted(room);
    }
    Optional<Stamp> stamp = submission.stamp();
    long sequence = stamp.isPresent() ? stamp.get().sequenceAfter(room.last()) : room.last() + 1;
    long dated = stamp.isPresent() ? stamp.get().at().toEpochMilli() : now;
    // A clock set back must not make time run backwards within a room.
    Instant at = Instant.ofEpochMilli(Math.max(dated, room.lastAt()));
    Entry entry = new Entry(sequence, room.last(), at, submission.author(), draft);
    entries.add(room.id(), author, entry);
    if (draft.id().isPresent()) {
      ids.add(room.id(), author, draft.id().get(), sequence, dated, draft.digest());
    }
    rooms.onAdded(room, entry);
    return entry;
  }

  /** What the file knows, with what this batch has added to it so far. */
  private final class Basis implements Decision.Basis {
    private final long since;

    private Basis(long since) {
      this.since = since;
    }

    /** Ids that were used earlier are forgotten, as far as this one is concerned. */
    private long since(Submission submission) {
      Optional<Stamp> stamp = submission.stamp();
      return stamp.isPresent() ? stamp.get().at().toEpochMilli() - retryWindow : since;
    }

    @Override
    public Optional<Decision.FirstUse> firstUse(Submission submission) {
      try {
        Optional<RoomRows.Row> room = rooms.existing(submission.room());
        Optional<Long> author = identities.existing(submission.author().identity());
        return room.isEmpty() || author.isEmpty()
            ? Optional.empty()
            : ids.firstUse(
                room.get().id(),
                author.get(),
                submission.draft().id().orElseThrow(),
                since(submission));
      } catch (SQLException e) {
        throw new LogFailureException(e);
      }
    }

    @Override
    public boolean hasMessage(RoomName name, long sequence) {
      try {
        Optional<RoomRows.Row> room = rooms.existing(name);
        return room.isPresent() && entries.hasMessage(room.get().id(), sequence, room.get().last());
      } catch (SQLException e) {
        throw new LogFailureException(e);
      }
    }
  }
}
