package io.durablechat.gateway.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A loop of asynchronous writes, one in flight, that runs on whatever thread brings it on: the one
 * that has something to write, or the one that reports the write before. A write that ends before
 * the call that began it returns costs no recursion.
 *
 * <p>Any thread may call {@link #iterate}; the methods of {@link Completion} are for the write that
 * is in flight. Steps never overlap, and each sees what the one before it did.
 */
public abstract class WriteLoop implements Completion {
  /** What a step has come to. */
  public enum Step {
    /** There is nothing to write: {@link #iterate} begins anew. */
    IDLE,
    /** A write was begun, and this loop is its completion. */
    WRITING,
    /** Nothing will ever be written again. */
    DONE
  }

  private enum State {
    IDLE,
    /** A step is being taken. */
    STEPPING,
    /** The same, and another is wanted after it. */
    STEPPING_AGAIN,
    /** The same, and the write that it has begun is through already. */
    WRITTEN,
    /** A write is in flight. */
    WRITING,
    /** A write has failed while a step is being taken. */
    FAILING,
    OVER
  }

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(WriteLoop.class, "state", State.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile State state = State.IDLE;

  /** Why the write failed; written before {@link State#FAILING}. */
  private Throwable failure;

  /** Begins the next write, if there is something to write. Steps are taken one after another. */
  protected abstract Step step();

  /** Reports that the last step was {@link Step#DONE}. Called at most once. */
  protected void onDone() {}

  /** Reports that a write or a step has failed; no step follows. Called at most once. */
  protected abstract void onFailure(Throwable cause);

  /** Takes a step, unless a write is in flight: there will be one after that. */
  public final void iterate() {
    while (true) {
      State now = state;
      if (now == State.IDLE) {
        if (moves(now, State.STEPPING)) {
          run();
          return;
        }
      } else if (now != State.STEPPING || moves(now, State.STEPPING_AGAIN)) {
        return;
      }
    }
  }

  @Override
  public final void succeeded() {
    while (true) {
      State now = state;
      if (now == State.WRITING) {
        if (moves(now, State.STEPPING)) {
          run();
          return;
        }
      } else if (!isStepping(now) || moves(now, State.WRITTEN)) {
        return;
      }
    }
  }

  @Override
  public final void failed(Throwable cause) {
    while (true) {
      State now = state;
      if (now == State.WRITING) {
        if (moves(now, State.OVER)) {
          onFailure(cause);
          return;
        }
      } else if (isStepping(now)) {
        failure = cause;
        if (moves(now, State.FAILING)) {
          return;
        }
      } else {
        return;
      }
    }
  }

  private static boolean isStepping(State now) {
    return now == State.STEPPING || now == State.STEPPING_AGAIN;
  }

  private boolean moves(State from, State to) {
    return STATE.compareAndSet(this, from, to);
  }

  private void run() {
    boolean goesOn = true;
    while (goesOn) {
      Step taken;
      try {
        taken = step();
      } catch (Throwable e) {
        state = State.OVER;
        onFailure(e);
        return;
      }
      goesOn = goesOnAfter(taken);
    }
  }

  /** Returns whether another step is to be taken at once. */
  private boolean goesOnAfter(Step taken) {
    if (taken == Step.DONE) {
      state = State.OVER;
      onDone();
      return false;
    }
    State rest = taken == Step.WRITING ? State.WRITING : State.IDLE;
    while (true) {
      State now = state;
      if (now == State.FAILING) {
        state = State.OVER;
        onFailure(failure);
        return false;
      }
      // What is wanted during a write comes after it.
      boolean isAgain = now == State.WRITTEN || (now == State.STEPPING_AGAIN && taken == Step.IDLE);
      if (moves(now, isAgain ? State.STEPPING : rest)) {
        return isAgain;
      }
    }
  }
}
