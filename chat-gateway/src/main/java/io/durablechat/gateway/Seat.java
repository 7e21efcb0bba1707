package io.durablechat.gateway;

import io.durablechat.core.Batch;
import io.durablechat.core.CloseReason;
import io.durablechat.core.Cursor;
import io.durablechat.core.Draft;
import io.durablechat.core.Joined;
import io.durablechat.core.Member;
import io.durablechat.core.Outbox;
import io.durablechat.core.Receipt;
import io.durablechat.core.Room;
import io.durablechat.core.RoomMode;
import io.durablechat.core.Session;
import io.durablechat.core.Signal;
import io.durablechat.core.Start;
import io.durablechat.gateway.auth.Credentials;
import io.durablechat.gateway.auth.Right;
import io.durablechat.gateway.auth.Visitor;
import io.durablechat.gateway.limits.HeldBytes;
import io.durablechat.gateway.limits.Meters;
import io.durablechat.gateway.transport.BatchGate;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

/**
 * One room of one client: its session there, the way of what the room delivers, and what the client
 * has asked for and was not answered. All that comes and goes by it is metered and traced here.
 *
 * <p>The session may be there later than the client is gone: joining and losing the connection
 * happen on different threads, and whichever comes second sees to it that the session leaves.
 *
 * <p>Threads: the room calls the methods of {@link Outbox} in its turn; any thread may call the
 * others.
 */
public final class Seat<P extends BatchGate.Payload> implements Outbox {
  private final Caller caller;
  private final Room room;
  private final String dialect;
  private final EventWriter<P> writer;
  private final BatchGate<P> gate;
  private final Meters meters;

  private volatile Session session;
  private volatile boolean isGone;
  private volatile Set<Right> rights = Set.of();

  /** What the session is told when more would be taken; known once it has joined. */
  private Runnable ready;

  // Guarded by this; nothing is called meanwhile.

  private boolean isBehind;

  /** How much was asked for that is not answered, and whether anything ever was. */
  private int unanswered;

  private boolean hasAsked;

  /** What waits for the answers; null as long as nothing does. */
  private Runnable onAnswered;

  /**
   * A seat that is not taken yet.
   *
   * @param dialect the name by which its sessions are counted
   */
  public Seat(
      Caller caller,
      Room room,
      String dialect,
      EventWriter<P> writer,
      BatchGate<P> gate,
      Meters meters) {
    this.caller = caller;
    this.room = room;
    this.dialect = dialect;
    this.writer = writer;
    this.gate = gate;
    this.meters = meters;
  }

  Room room() {
    return room;
  }

  /** The session, once there is one. */
  Optional<Session> session() {
    return Optional.ofNullable(session);
  }

  /** Returns whether the client is gone. */
  boolean isGone() {
    return isGone;
  }

  /**
   * Lets the client in, as {@link Caller#enter} does.
   *
   * @return completes with who it is
   */
  CompletionStage<Visitor> admit(Optional<Credentials> said, Optional<String> invite) {
    return caller.enter(room.name(), said, invite).thenApply(this::allow);
  }

  /** Lets the client go on by another token, as {@link Caller#renew} does. */
  CompletionStage<Visitor> renew(String token) {
    return caller.renew(room.name(), token).thenApply(this::allow);
  }

  private Visitor allow(Visitor visitor) {
    allow(visitor.in(room.name()));
    return visitor;
  }

  /** Sets what the client may do here, and tells the room; nothing before. */
  public void allow(Set<Right> allowed) {
    rights = allowed;
    session().ifPresent(s -> s.attributes(caller.attributes(allowed)));
  }

  public Set<Right> rights() {
    return rights;
  }

  boolean may(Right right) {
    return rights.contains(right);
  }

  /** Begins a session in the room. Called once. */
  public void join(Member member, Start start) {
    Session joining = room.join(member, caller.attributes(rights), start, this);
    session = joining;
    if (isGone) {
      joining.leave();
    }
  }

  /**
   * Publishes to the room.
   *
   * @param inOrder whether what comes after a draft that is refused is refused as well, see {@link
   *     Session#publishNext}
   * @param memory held until it is settled
   * @param onSettled told the receipt, or why there is none, before the draft counts as answered
   */
  CompletableFuture<Receipt> publish(
      Draft draft,
      boolean inOrder,
      HeldBytes.Part memory,
      BiConsumer<Receipt, Throwable> onSettled) {
    Session by = session;
    long startedAt = meters.start();
    begin();
    CompletableFuture<Receipt> kept =
        (inOrder ? by.publishNext(draft) : by.publish(draft)).toCompletableFuture();
    kept.whenComplete(
        (receipt, e) -> {
          memory.release();
          meters.onSettled(startedAt, room.name(), by.member(), draft, receipt, e);
          try {
            onSettled.accept(receipt, e);
          } finally {
            end();
          }
        });
    return kept;
  }

  /** Notes that the client has asked for something. */
  synchronized void begin() {
    hasAsked = true;
    unanswered++;
  }

  /** Notes that it was answered, or refused. */
  void end() {
    Runnable due = null;
    synchronized (this) {
      unanswered--;
      if (unanswered == 0) {
        due = onAnswered;
        onAnswered = null;
      }
    }
    if (due != null) {
      onceDelivered(due);
    }
  }

  /** Notes that the client has asked for something, until this completes. */
  void awaiting(CompletionStage<?> answered) {
    begin();
    answered.whenComplete((done, e) -> end());
  }

  /**
   * Runs this once all is answered, and the client was given the messages that it published itself.
   * To be called when nothing more is heard from it.
   */
  void whenAnswered(Runnable task) {
    synchronized (this) {
      if (unanswered > 0) {
        onAnswered = task;
        return;
      }
    }
    onceDelivered(task);
  }

  private void onceDelivered(Runnable task) {
    Session there = session;
    if (there != null && hasAsked()) {
      there.delivered().thenRun(task);
    } else {
      task.run();
    }
  }

  private synchronized boolean hasAsked() {
    return hasAsked;
  }

  @Override
  public void onJoined(Joined joined) {
    // The thread that joins may be later than the room's turn, and than the end.
    session = joined.session();
    ready = joined.session()::ready;
    meters.onJoined(dialect, joined.resume());
    meters.trace().onJoined(room.name(), joined);
    writer.onJoined(joined);
  }

  @Override
  public boolean offer(Batch batch) {
    if (!gate.canAccept(batch.bytes(), ready)) {
      return false;
    }
    Optional<P> words = writer.encoded(batch);
    if (words.isPresent() && !gate.offer(words.get(), ready)) {
      return false;
    }
    writer.onTaken(batch);
    return true;
  }

  @Override
  public boolean offerSignal(Signal signal) {
    Optional<P> words = writer.encoded(signal);
    if (words.isPresent() && !gate.offer(words.get(), ready)) {
      return false;
    }
    writer.onTaken(signal);
    return true;
  }

  @Override
  public void onBehind(Cursor head) {
    setBehind(true);
    writer.onBehind(head);
  }

  @Override
  public void onLive(Cursor head) {
    setBehind(false);
    writer.onLive(head);
  }

  /** Counts it among those behind; not once it is gone, whatever its session is still told. */
  private synchronized void setBehind(boolean isIt) {
    if (isBehind != isIt && !(isIt && isGone)) {
      isBehind = isIt;
      meters.countBehind(isIt ? 1 : -1);
    }
  }

  @Override
  public void onMode(RoomMode mode) {
    writer.onMode(mode);
  }

  @Override
  public void onClosed(CloseReason reason) {
    writer.onClosed(reason);
  }

  /** Returns whether it waits for memory to be free, not for its client. */
  public boolean isShortOfRoom() {
    return gate.isShortOfRoom();
  }

  /** About a second has passed. */
  public void onTick() {
    gate.onTick();
  }

  /** The server ends the client. */
  public void onClosing(CloseReason reason) {
    meters.onClosed(reason);
    session().ifPresent(s -> meters.trace().onClosed(room.name(), s.member(), reason));
  }

  /** The client is gone, and leaves the room. */
  public void onGone() {
    gate.end();
    session().ifPresent(s -> meters.trace().onGone(room.name(), s.member()));
    isGone = true;
    session().ifPresent(Session::leave);
    setBehind(false);
  }
}
