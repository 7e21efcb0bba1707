package io.durablechat.jetty;

import io.durablechat.core.Session;
import java.util.Optional;

/**
 * A count of what a client has asked for and was not answered yet. A connection that ends by the
 * protocol waits for it, so that the close frame does not overtake what good messages before it
 * have set off.
 *
 * <p>Safe for use by any thread.
 */
final class Unanswered {
  private final Membership membership;

  // Guarded by this; nothing is called meanwhile.
  private int count;
  private boolean isAny;

  /** What waits for the end of it; null as long as nothing does. */
  private Runnable onNone;

  Unanswered(Membership membership) {
    this.membership = membership;
  }

  /** Something was asked for. */
  synchronized void begin() {
    isAny = true;
    count++;
  }

  /** It was answered, or refused. */
  void end() {
    Runnable due = null;
    synchronized (this) {
      count--;
      if (count == 0) {
        due = onNone;
        onNone = null;
      }
    }
    if (due != null) {
      whenDelivered(due);
    }
  }

  /**
   * Runs this once all is answered, and the client was given the messages that it said itself. To
   * be called when nothing more is heard from it.
   */
  void whenNone(Runnable task) {
    synchronized (this) {
      if (count > 0) {
        onNone = task;
        return;
      }
    }
    whenDelivered(task);
  }

  private void whenDelivered(Runnable task) {
    Optional<Session> session = membership.session();
    if (isAny() && session.isPresent()) {
      session.get().delivered().thenRun(task);
    } else {
      task.run();
    }
  }

  private synchronized boolean isAny() {
    return isAny;
  }
}
