package io.durablechat.core;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * A serial mailbox: tasks run one after another, in the order they came, on an executor.
 *
 * <p>It works in turns. A turn runs what is waiting, and what that adds, up to a bound; then the
 * end-of-turn hook, which so sees the effect of many tasks at once: that is how a room gathers
 * messages into batches when it is busy and sends at once when it is not, and how one fsync serves
 * many messages. A turn may end later than its hook returns: nothing runs meanwhile, and what comes
 * is gathered for the next.
 */
final class Strand implements Executor {
  private static final System.Logger LOG = System.getLogger(Strand.class.getName());

  /** Tasks in one turn at most, where turns are taken with others. */
  private static final int TURN = 1024;

  private final Executor executor;
  private final int turn;
  private final boolean yields;
  private final BooleanSupplier endOfTurn;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /**
   * Whether a turn is running or on its way; whoever sets it starts one. A count of what waits
   * would not do: a turn may run a task that is queued and not counted yet, and the count then
   * passes 0 in the middle of the turn.
   */
  private final AtomicBoolean inTurn = new AtomicBoolean();

  /** What ran in this turn; the turn's own. */
  private int ran;

  private Strand(Executor executor, int turn, boolean yields, BooleanSupplier endOfTurn) {
    this.executor = executor;
    this.turn = turn;
    this.yields = yields;
    this.endOfTurn = endOfTurn;
  }

  /**
   * A strand that shares its executor: after a turn it queues behind the others, so that a busy
   * room does not keep quiet ones waiting. The executor must run tasks on other threads than the
   * caller's, or later. Should it refuse one, having been shut down, the task runs in the caller's
   * thread: there it finds that all is closed, and somebody is told so.
   *
   * @param endOfTurn false if the turn goes on elsewhere until {@link #resume()} is called
   */
  static Strand sharing(Executor executor, BooleanSupplier endOfTurn) {
    return new Strand(executor, TURN, true, endOfTurn);
  }

  /**
   * A strand that goes on until nothing waits. Its executor may run tasks in the calling thread:
   * then whoever finds the strand idle works for the others too.
   */
  static Strand holding(Executor executor, int turn, Runnable endOfTurn) {
    return new Strand(
        executor,
        turn,
        false,
        () -> {
          endOfTurn.run();
          return true;
        });
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
      (yields ? HandOff.orElse(executor) : executor).execute(this::work);
    } catch (RejectedExecutionException e) {
      workOn();
    }
  }

  private void work() {
    if (!yields) {
      workOn();
    } else if (runTurn()) {
      startTurn();
    }
  }

  private void workOn() {
    boolean more;
    do {
      more = runTurn();
    } while (more);
  }

  /** One turn; true if there is more to do, and the next turn is this thread's as well. */
  private boolean runTurn() {
    Runnable task;
    for (ran = 0; ran < turn && (task = tasks.poll()) != null; ran++) {
      run(task);
    }
    return hasEnded() && isNextOurs();
  }

  /** The turn that went on elsewhere has ended. Called once for each, from any thread. */
  void resume() {
    if (isNextOurs()) {
      startTurn();
    }
  }

  private boolean isNextOurs() {
    inTurn.set(false);
    return !tasks.isEmpty() && claimTurn();
  }

  private boolean hasEnded() {
    try {
      return endOfTurn.getAsBoolean();
    } catch (Throwable e) {
      LOG.log(System.Logger.Level.ERROR, "The end of a turn failed; the next goes on", e);
      return true;
    }
  }

  /** Runs, within one of its tasks, another one that counts like those posted here. */
  void runWithin(Runnable task) {
    ran++;
    run(task);
  }

  /** One task's failure is its own: a strand that stopped here would never run again. */
  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      LOG.log(System.Logger.Level.ERROR, "A task failed; those behind it go on", e);
    }
  }
}
