package io.durablechat.core;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Orders, keeps and distributes every room's messages. What this process published and what another
 * one published reach a follower by the same call, so rooms above need not know how many machines
 * there are. Gap repair and retries belong inside.
 *
 * <p>Threads: all methods may be called from any thread and none blocks, since an engine may be
 * remote; stages complete on threads of the engine. Every implementation passes {@code
 * BroadcasterContract}.
 */
public interface Broadcaster extends AutoCloseable {
  /**
   * Publishes a draft. The stage completes once the message is as durable as {@link #durability()}
   * says and every follower of the room in this process has been told of it; nobody sees it
   * earlier. Drafts that one caller publishes to one room one after another are kept in that order.
   * A content with a {@linkplain Content#target() target} changes it in the same act.
   *
   * <p>Fails with {@link RefusedException}: {@code CONFLICT} if the author used the id for another
   * draft, {@code NOT_FOUND} if it would delete a message that is not there, {@code STORAGE} if it
   * could not be kept, {@code CLOSED} after {@link #close()}. After a {@code STORAGE} failure it
   * may have been kept nevertheless: retry with the same id.
   */
  CompletionStage<Receipt> publish(RoomName room, Member author, Draft draft);

  /**
   * Looks up a draft that may have been handed in before under the same id, also by a call whose
   * stage has not completed yet. Completes with the receipt that another {@link #publish} of it
   * would get; empty if its author has not used the id in this room within the {@linkplain
   * #retryWindow() retry window}, or if it has none. Publishes nothing.
   *
   * <p>Fails with {@link RefusedException}: {@code CONFLICT} if the author used the id for another
   * draft, {@code STORAGE} if the log cannot be read, {@code CLOSED} after {@link #close()}.
   */
  CompletionStage<Optional<Receipt>> earlier(RoomName room, Member author, Draft draft);

  /**
   * Reads a part of a room's log. A page is never older than what followers in this process were
   * told of before it was asked for, nor than a receipt that was given here: its head is at least
   * at the last of that, and deletions up to there have been carried out in it. The same holds for
   * {@link #locate}, {@link #reach} and the head that {@link #follow} names.
   *
   * <p>Fails with {@link RefusedException} if the log cannot be read.
   */
  CompletionStage<Page> read(RoomName room, Range range);

  /**
   * Waits for a sequence that may have been kept elsewhere and not arrived here. Completes with the
   * room's head once that is at the sequence or after it, or once it is certain that the log ends
   * before it. On one machine that is at once.
   *
   * <p>Fails with {@link RefusedException}: {@code STORAGE} if neither can be known now, {@code
   * CLOSED} after {@link #close()}.
   */
  CompletionStage<Cursor> reach(RoomName room, long sequence);

  /**
   * Finds the place in a room's log before its newest so many records. Reads nothing that they say,
   * and takes no longer for what does not count. Fails as {@link #read} does.
   */
  CompletionStage<Place> locate(RoomName room, Newest newest);

  /**
   * Follows a room. The stage completes with the room's head; the follower is told of everything
   * after that head, and of nothing before the stage has completed. Rooms with a {@linkplain
   * RoomName#isReserved() reserved} name are followed, read and published to like all others.
   */
  CompletionStage<Following> follow(RoomName room, Follower follower);

  /**
   * Finds the summary of a room's log that was kept last. It may be of any age, and there need not
   * be one: the log is the truth.
   */
  default CompletionStage<Optional<Summary>> summary(RoomName room) {
    return CompletableFuture.completedFuture(Optional.empty());
  }

  /** Keeps a summary of a room's log instead of the one before, or does nothing. */
  default CompletionStage<Void> keepSummary(RoomName room, Summary summary) {
    return CompletableFuture.completedFuture(null);
  }

  /** What has happened to a message when its stage completes. */
  Durability durability();

  /** For how long a draft with an id may be handed in again without being kept twice. */
  Duration retryWindow();

  /**
   * Whether messages can be kept, as far as is known: false from when something could not be until
   * something could. Asked again and again, it finds out by itself whether that has come.
   */
  default boolean canKeep() {
    return true;
  }

  /** Keeps what was published, then releases everything. A second call is harmless. */
  @Override
  void close();

  /** A room being followed. */
  interface Following {
    /** The head after which the follower is told of everything. */
    Cursor head();

    /** Ends it. A call under way may still arrive; a second cancellation is harmless. */
    void cancel();
  }
}
