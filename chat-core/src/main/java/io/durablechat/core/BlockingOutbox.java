package io.durablechat.core;

import java.util.Collections;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * An outbox that gives messages to a consumer, which may block, one at a time.
 *
 * <pre>
 *             offer                 offer: "not now"
 *   IDLE ---------------> BUSY -----------------------> OWING
 *    ^                     |                              |
 *    |      all given      |     all given, ready()       |
 *    +---------------------+------------------------------+
 * </pre>
 *
 * <p>It holds one batch and takes no other until the consumer is through with it. Between two
 * messages it queues on the executor behind what else waits there, so that few threads serve many
 * consumers in turn. What passes from one thread to the next does so by the executor, which is why
 * plain fields will do.
 */
final class BlockingOutbox implements Outbox {
  private static final System.Logger LOG = System.getLogger(BlockingOutbox.class.getName());

  private enum State {
    IDLE,
    BUSY,
    /** Busy, and the room is to be told when it is not any more. */
    OWING
  }

  private final Executor executor;
  private final Consumer<? super Message> consumer;
  private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
  private Session session;
  private String room = "a room";
  private Iterator<Message> held = Collections.emptyIterator();

  BlockingOutbox(Executor executor, Consumer<? super Message> consumer) {
    this.executor = Objects.requireNonNull(executor);
    this.consumer = Objects.requireNonNull(consumer);
  }

  @Override
  public void onJoined(Joined joined) {
    if (session != null) {
      throw new IllegalStateException("an outbox is of one session alone");
    }
    session = joined.session();
    room = "room " + joined.head().room();
  }

  @Override
  public boolean offer(Batch batch) {
    State before = state.getAndUpdate(now -> now == State.IDLE ? State.BUSY : State.OWING);
    if (before != State.IDLE) {
      return false;
    }
    held = batch.entries().stream().flatMap(entry -> entry.message().stream()).iterator();
    if (!held.hasNext()) {
      state.set(State.IDLE);
    } else if (!handOn()) {
      held = Collections.emptyIterator();
      throw new RejectedExecutionException(
          "the executor has refused a message, or would keep the room waiting for it");
    }
    return true;
  }

  @Override
  public void onClosed(CloseReason reason) {
    if (reason.code() != CloseReason.GOING_AWAY.code()
        && reason.code() != CloseReason.RESTART.code()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "A consumer of {0} is given no more messages: {1} ({2})",
          room,
          reason.text(),
          "" + reason.code());
    }
  }

  /** Gives the next message, and those after it if no other thread is to be had for them. */
  private void giveNext() {
    do {
      try {
        consumer.accept(held.next());
        if (held.hasNext() && handOn()) {
          return;
        }
      } catch (Throwable e) {
        held = Collections.emptyIterator();
        LOG.log(System.Logger.Level.WARNING, "A consumer of " + room + " failed; it leaves", e);
        session.leave();
        return;
      }
    } while (held.hasNext());
    onAllGiven();
  }

  private void onAllGiven() {
    held = Collections.emptyIterator();
    if (state.getAndSet(State.IDLE) == State.OWING) {
      session.ready();
    }
  }

  /** Hands the next message to the executor; returns false if it does not take it for later. */
  private boolean handOn() {
    return new Step().isTaken();
  }

  /** The giving of one message, on its way to the executor. */
  private final class Step implements Runnable {
    private final Thread caller = Thread.currentThread();

    // The caller's own: another thread asks who it is, and no more.
    private boolean isHandedIn;
    private boolean cameBack;

    private boolean isTaken() {
      try {
        executor.execute(this);
      } catch (RejectedExecutionException e) {
        return false;
      }
      isHandedIn = true;
      return !cameBack;
    }

    @Override
    public void run() {
      if (Thread.currentThread() == caller && !isHandedIn) {
        // Within the call, such as by CallerRunsPolicy: here it would block the room, or recurse.
        cameBack = true;
      } else {
        giveNext();
      }
    }
  }
}
