package io.durablechat.core;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A serial mailbox: tasks run one after another, in the order they came, on a shared executor.
 *
 * <p>It works in turns. A turn runs what is waiting, and what that adds, up to a bound; then the
 * end-of-turn hook, which so sees the effect of many tasks at once: that is how a room gathers
 * messages into batches when it is busy and sends at once when it is not. After a turn the strand
 * queues behind the others of its executor, so that a busy room does not keep quiet ones waiting.
 */
final class Strand implements Executor {
  private static final System.Logger LOG = System.getLogger(Strand.class.getName());

  /** Tasks in one turn at most. */
  private static final int TURN = 1024;

  private final Executor executor;
  private final Runnable endOfTurn;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /**
   * Whether a turn is running or on its way; whoever sets it starts one. A count of what waits
   * would not do: a turn may run a task that is queued and not counted yet, and the count then
   * passes 0 in the middle of the turn.
   */
  private final AtomicBoolean inTurn = new AtomicBoolean();

  /**
   * A strand on this executor, which must run tasks on other threads than the caller's, or later.
   * Should it refuse one, having been shut down, the task runs in the caller's thread: there it
   * finds that all is closed, and somebody is told so.
   */
  Strand(Executor executor, Runnable endOfTurn) {
    this.executor = executor;
    this.endOfTurn = endOfTurn;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (claimTurn()) {
      startTurn();
    }
  }

  private boolean claimTurn() {
    return !inTurn.get() && inTurn.compareAndSet(false, true);
  }

  private void startTurn() {
    try {
      executor.execute(this::turn);
    } catch (RejectedExecutionException e) {
      boolean more;
      do {
        more = runTurn();
      } while (more);
    }
  }

  private void turn() {
    if (runTurn()) {
      startTurn();
    }
  }

  /** One turn; true if there is more to do, and the next turn is this thread's as well. */
  private boolean runTurn() {
    Runnable task;
    for (int ran = 0; ran < TURN && (task = tasks.poll()) != null; ran++) {
      run(task);
    }
    run(endOfTurn);
    inTurn.set(false);
    return !tasks.isEmpty() && claimTurn();
  }

  /** One task's failure is its own: a strand that stopped here would never run again. */
  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      LOG.log(System.Logger.Level.ERROR, "A room's task failed; the room goes on", e);
    }
  }
}
