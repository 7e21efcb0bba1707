package io.durablechat.core;

import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * One session's way out. Whoever opens sessions implements it: a WebSocket, a test, an application.
 *
 * <p>Threads: all methods of one outbox are called one after another, in the room's turn, and must
 * not block. In a large room several threads share a turn: an outbox that serves many sessions may
 * be called for them at the same time. An outbox that throws loses its session, nobody else's.
 *
 * <p>Order: {@link #onJoined}, then the replay in batches, then {@link #onLive}, then what is
 * published, and signals between; {@link #onClosed} is the last call, also for a session that was
 * not let in.
 */
@FunctionalInterface
public interface Outbox {
  /**
   * Returns an outbox that gives messages to a consumer, which may block. A consumer that is slower
   * than its room makes a slow session: it falls behind, is fed from the log, and misses nothing
   * that is kept. Neither the room nor the others in it wait.
   *
   * <ul>
   *   <li>Messages come one at a time, in the room's order, on the executor's threads. Each call of
   *       the consumer sees what the one before has done.
   *   <li>What is no message, such as the deletion of one, does not come; nor what was deleted
   *       before it was taken. An application that needs to know of deletions, or of the session's
   *       end, implements an outbox.
   *   <li>It holds one batch: at most 128 KiB of bodies, or one larger message. At most one task of
   *       it waits in the executor, which need not bound its queue. Between two messages it lets
   *       other tasks have their turn.
   *   <li>If the consumer throws, that is logged, what was taken is dropped, and the session
   *       leaves.
   *   <li>If the executor refuses the first message of a batch, that is logged and the session ends
   *       with {@link CloseReason#FAULT}. So it does if the executor would run the consumer within
   *       the call that hands it in, and so in the room's turn. Refused the others, the thread that
   *       gave the message before goes on with them: an executor that is shut down in order still
   *       gives what was taken.
   *   <li>If the session leaves or is ended, what was taken is still given, and nothing else. An
   *       end for another reason than that the server stops is logged: that the consumer has fallen
   *       behind what is kept, for one.
   * </ul>
   *
   * @param executor runs the consumer; stays the application's to shut down, after the directory is
   *     closed
   * @param consumer is given each message
   */
  static Outbox each(Executor executor, Consumer<? super Message> consumer) {
    return new BlockingOutbox(executor, consumer);
  }

  /**
   * Takes the batch, or says "not now". To refuse costs nothing: the session then falls behind and
   * is fed from the log. After each refusal the outbox calls {@link Session#ready()} once it can
   * take more; a refused batch comes again in another cut.
   *
   * @return whether the batch was taken
   */
  boolean offer(Batch batch);

  /** The session is in the room; {@link #offer} and the others follow. */
  default void onJoined(Joined joined) {}

  /**
   * Takes the signal, or says "not now", as with a batch. A signal that was not taken is not told
   * later; what holds then is, once the outbox can take more.
   *
   * @return whether the signal was taken, or is of no interest
   */
  default boolean offerSignal(Signal signal) {
    return true;
  }

  /** The session is slower than its room by more than a page. Nothing is lost; told once. */
  default void onBehind(Cursor head) {}

  /** The session has been given everything up to this head: after its replay, and after lagging. */
  default void onLive(Cursor head) {}

  /** From now on the room goes like this. How it goes at first, {@link #onJoined} says. */
  default void onMode(RoomMode mode) {}

  /** The session has ended, not by its own leaving. Nothing more is called. */
  default void onClosed(CloseReason reason) {}
}
