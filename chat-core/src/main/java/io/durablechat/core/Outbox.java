package io.durablechat.core;

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

  /**
   * What the room is told of the session's owner beside who it is; asked in the room's turn, when
   * the session is let in and at each message.
   */
  default Standing standing() {
    return Standing.NONE;
  }

  /** The session has ended, not by its own leaving. Nothing more is called. */
  default void onClosed(CloseReason reason) {}
}
