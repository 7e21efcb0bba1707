package io.durablechat.core;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A named place where messages are ordered. A room need not be made or ended; holding one costs
 * nothing. All methods may be called from any thread and none blocks.
 */
public interface Room {
  /** Its name. */
  RoomName name();

  /**
   * Joins. The session can be used at once; whether it was let in, and everything after, the outbox
   * is told.
   *
   * @param member who joins; several sessions of one identity are one member
   * @param start where to begin
   * @param outbox the session's way out, of this session alone
   * @throws IllegalArgumentException if the start's cursor is of another room
   */
  default Session join(Member member, Start start, Outbox outbox) {
    return join(member, SessionAttributes.NONE, start, outbox);
  }

  /**
   * Joins as somebody the room is told more of.
   *
   * @param attributes what it is told; when that changes, {@link Session#attributes} says so
   */
  Session join(Member member, SessionAttributes attributes, Start start, Outbox outbox);

  /**
   * Publishes without a session. Completes and fails as {@link Session#publish} does; only the
   * bound on all drafts together applies.
   */
  default CompletionStage<Receipt> publish(Member author, Draft draft) {
    return publish(author, SessionAttributes.NONE, draft);
  }

  /**
   * Publishes a message of this text without a session, as {@link #publish(Member, Draft)} does.
   *
   * @throws IllegalArgumentException if the text holds an unpaired surrogate
   */
  default CompletionStage<Receipt> publish(Member author, String text) {
    return publish(author, Draft.text(text));
  }

  /** Publishes without a session, as somebody the room is told more of. */
  CompletionStage<Receipt> publish(Member author, SessionAttributes attributes, Draft draft);

  /**
   * The end of the room's log: for whoever is told that it is in the room before it has joined, to
   * join {@linkplain Start#from from there}. Known at once while the room is awake; otherwise it is
   * looked up, which does not wake the room. What was published before may still come after it.
   * Fails with {@link RefusedException} if the log cannot be read.
   */
  CompletionStage<Cursor> head();

  /** Who is in the room through this process. */
  CompletionStage<List<Member>> members();

  /** How many are in the room through this process. */
  CompletionStage<Integer> memberCount();

  /** The address hashes of a member's sessions in this process. */
  CompletionStage<Set<String>> addressHashes(String identity);

  /**
   * Reads a part of the room's log, once it is its turn among all who read. A sequence past the end
   * may have been seen on another machine: then it is waited for, and a page whose head is before
   * it says that there is none. Fails with {@link RefusedException} if it cannot be read. Whoever
   * does not want it any more cancels the future: if its turn has not come by then, nothing is
   * read.
   */
  CompletableFuture<Page> history(Range range);
}
