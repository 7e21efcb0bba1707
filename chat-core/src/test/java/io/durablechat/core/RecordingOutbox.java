package io.durablechat.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An outbox that remembers what it was given, and can be told to take nothing. */
public final class RecordingOutbox implements Outbox {
  private final List<Batch> batches = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private final List<Signal> signals = new ArrayList<>();
  private Optional<Joined> joined = Optional.empty();
  private Optional<CloseReason> closed = Optional.empty();
  private Standing standing = Standing.NONE;
  private boolean full;

  /** From now on says this of its owner. */
  public void stand(Standing newStanding) {
    standing = newStanding;
  }

  @Override
  public Standing standing() {
    return standing;
  }

  @Override
  public void onMode(RoomMode mode) {
    events.add((mode.isLocked() ? "locked, slow " : "slow ") + mode.slow().toSeconds());
  }

  /** From now on says "not now". */
  public void fill() {
    full = true;
  }

  /** Can take more, and says so. */
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

  /** How it joined. */
  public Joined joined() {
    return joined.orElseThrow(() -> new AssertionError("not joined: " + events));
  }

  /** Why it was closed, if it was. */
  public Optional<CloseReason> closed() {
    return closed;
  }

  /** The batches taken. */
  public List<Batch> batches() {
    return List.copyOf(batches);
  }

  /** All messages taken, in order. */
  public List<Message> messages() {
    return batches.stream().flatMap(batch -> batch.messages().stream()).toList();
  }

  /** The texts of all messages taken, in order. */
  public List<String> texts() {
    return messages().stream().map(message -> message.draft().body().text()).toList();
  }

  /** All signals there were. */
  public List<Signal> signals() {
    return List.copyOf(signals);
  }

  /**
   * Everything that happened to the log and the session, in order: joined, batch, behind HEAD, live
   * HEAD, closed CODE.
   */
  public List<String> events() {
    return List.copyOf(events);
  }
}
