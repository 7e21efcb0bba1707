package io.durablechat.testkit;

import io.durablechat.core.Batch;
import io.durablechat.core.CloseReason;
import io.durablechat.core.Cursor;
import io.durablechat.core.Entry;
import io.durablechat.core.Joined;
import io.durablechat.core.Outbox;
import io.durablechat.core.RoomMode;
import io.durablechat.core.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An outbox that remembers what it was given, and can be told to take nothing.
 *
 * <p>Threads: not safe for use by several at once. Look at it between turns of the room, which a
 * {@link SteppedExecutor} runs in the test's own thread.
 */
public final class RecordingOutbox implements Outbox {
  private final List<Batch> batches = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private final List<Signal> signals = new ArrayList<>();
  private Optional<Joined> joined = Optional.empty();
  private Optional<CloseReason> closed = Optional.empty();
  private boolean full;

  @Override
  public void onMode(RoomMode mode) {
    events.add((mode.isLocked() ? "locked, slow " : "slow ") + mode.slow().toSeconds());
  }

  /** Refuses batches from now on. Signals are taken all the same. */
  public void fill() {
    full = true;
  }

  /**
   * Takes batches again, and tells the session so.
   *
   * @throws AssertionError if its session has not joined
   */
  public void empty() {
    full = false;
    joined().session().ready();
  }

  @Override
  public boolean offer(Batch batch) {
    if (!full) {
      batches.add(batch);
      events.add("batch");
    }
    return !full;
  }

  @Override
  public boolean offerSignal(Signal signal) {
    signals.add(signal);
    return true;
  }

  @Override
  public void onJoined(Joined how) {
    joined = Optional.of(how);
    events.add("joined");
  }

  @Override
  public void onBehind(Cursor head) {
    events.add("behind " + head.sequence());
  }

  @Override
  public void onLive(Cursor head) {
    events.add("live " + head.sequence());
  }

  @Override
  public void onClosed(CloseReason reason) {
    closed = Optional.of(reason);
    events.add("closed " + reason.code());
  }

  /**
   * Returns how its session joined.
   *
   * @throws AssertionError if it has not
   */
  public Joined joined() {
    return joined.orElseThrow(() -> new AssertionError("not joined: " + events));
  }

  /** Returns why its session was closed; empty while it was not. */
  public Optional<CloseReason> closed() {
    return closed;
  }

  /** Returns the batches taken, in order. */
  public List<Batch> batches() {
    return List.copyOf(batches);
  }

  /** Returns all records of the batches taken, in order. */
  public List<Entry> entries() {
    return batches.stream().flatMap(batch -> batch.entries().stream()).toList();
  }

  /**
   * Returns the texts of all records taken, in order.
   *
   * @throws IllegalStateException if one has a binary body
   */
  public List<String> texts() {
    return entries().stream().map(entry -> entry.draft().body().text()).toList();
  }

  /** Returns all signals there were, in order. */
  public List<Signal> signals() {
    return List.copyOf(signals);
  }

  /**
   * Returns everything that happened beside signals, in order, as lines: {@code joined}, {@code
   * batch}, {@code behind HEAD}, {@code live HEAD}, {@code slow SECONDS}, {@code locked, slow
   * SECONDS}, {@code closed CODE}.
   */
  public List<String> events() {
    return List.copyOf(events);
  }
}
