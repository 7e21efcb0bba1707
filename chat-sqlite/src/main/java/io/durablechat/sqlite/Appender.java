package io.durablechat.sqlite;

import io.durablechat.core.Appended;
import io.durablechat.core.Draft;
import io.durablechat.core.Kind;
import io.durablechat.core.Message;
import io.durablechat.core.Submission;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes batches of drafts, each as one transaction. Used by one thread at a time. */
final class Appender {
  private static final byte[] NO_DIGEST = {};

  private final WriteConnection connection;
  private final RoomRows rooms;
  private final Identities identities;
  private final MessageRows messages;
  private final PublishIds ids;

  Appender(WriteConnection connection, RoomRows rooms, Identities identities) throws SQLException {
    this.connection = connection;
    this.rooms = rooms;
    this.identities = identities;
    this.messages = new MessageRows(connection);
    this.ids = new PublishIds(connection);
  }

  /**
   * Writes a batch.
   *
   * @param since ids that were used earlier are forgotten
   */
  List<Appended> append(List<Submission> batch, Instant now, Instant since) {
    List<Appended> results =
        connection.transaction(() -> appendAll(batch, now.toEpochMilli(), since.toEpochMilli()));
    rooms.forgetOldest();
    identities.forgetOldest();
    return results;
  }

  /**
   * What would become of a draft by its id alone; makes no room and no author.
   *
   * @param since ids that were used earlier are forgotten
   */
  Optional<Appended> earlier(Submission submission, Instant since) {
    Draft draft = submission.draft();
    if (draft.id().isEmpty()) {
      return Optional.empty();
    }
    try {
      Optional<RoomRows.Row> room = rooms.existing(submission.room());
      Optional<Long> author = identities.existing(submission.author().identity());
      return room.isEmpty() || author.isEmpty()
          ? Optional.empty()
          : ids.earlier(
              room.get().id(),
              author.get(),
              draft.id().get(),
              draft.digest(),
              since.toEpochMilli());
    } catch (SQLException e) {
      throw new LogFailureException(e);
    } finally {
      rooms.forgetOldest();
      identities.forgetOldest();
    }
  }

  private List<Appended> appendAll(List<Submission> batch, long now, long since)
      throws SQLException {
    List<Appended> results = new ArrayList<>(batch.size());
    for (Submission submission : batch) {
      results.add(append(submission, now, since));
    }
    rooms.store();
    ids.forgetOlderThan(since, batch.size());
    return results;
  }

  private Appended append(Submission submission, long now, long since) throws SQLException {
    Draft draft = submission.draft();
    if (draft.kind() == Kind.DELETE && rooms.existing(submission.room()).isEmpty()) {
      return new Appended.Missing();
    }
    RoomRows.Row room = rooms.row(submission.room());
    long author = identities.number(submission.author().identity());
    byte[] digest = draft.id().isPresent() ? draft.digest() : NO_DIGEST;
    if (draft.id().isPresent()) {
      Optional<Appended> earlier = ids.earlier(room.id(), author, draft.id().get(), digest, since);
      if (earlier.isPresent()) {
        return earlier.get();
      }
    }
    if (draft.kind() == Kind.DELETE) {
      if (!messages.delete(room.id(), draft.refersTo().orElse(0), room.last())) {
        return new Appended.Missing();
      }
      rooms.onDeleted(room);
    }
    // A clock set back must not make time run backwards within a room.
    Instant at = Instant.ofEpochMilli(Math.max(now, room.lastAt()));
    Message message = new Message(room.last() + 1, room.last(), at, submission.author(), draft);
    messages.add(room.id(), author, message);
    if (draft.id().isPresent()) {
      ids.add(room.id(), author, draft.id().get(), message.sequence(), now, digest);
    }
    rooms.onAdded(room, message);
    return new Appended.Stored(message);
  }
}
