package io.durablechat.gateway.limits;

import io.durablechat.core.Member;
import io.durablechat.core.Page;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RoomName;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The charges of one caller, for its address and for all together; those of an open connection are
 * {@link SessionCharges}. Safe for use by several threads.
 */
public class Charges {
  /**
   * What a message that waits takes beside its body, in bytes: what is about it, and its answer.
   */
  static final int AROUND_A_DRAFT = 512;

  private final Charging charging;
  private final Optional<InetAddress> from;
  private final Optional<Object> network;

  Charges(Charging charging, Optional<InetAddress> from) {
    this.charging = charging;
    this.from = from;
    this.network = from.map(Throttle::network);
  }

  /** Where the caller comes from; empty if it is not known. */
  public Optional<InetAddress> from() {
    return from;
  }

  private Throttle throttle() {
    return charging.throttle();
  }

  /** Why no session may begin just now. */
  public Optional<Throttle.Refusal> onJoin() {
    return from.flatMap(throttle()::onJoin);
  }

  /** Why this room may not be named just now. */
  public Optional<Throttle.Refusal> onRoom(RoomName room) {
    return from.flatMap(address -> throttle().onRoom(address, room));
  }

  /** Why nothing may be asked for just now, whoever asks. */
  public Optional<Throttle.Refusal> onRequest() {
    return from.flatMap(throttle()::onRequest);
  }

  /** Why this member may not ask for anything just now. */
  public Optional<Throttle.Refusal> onRequest(Member asking) {
    return throttle().onRequest(asking);
  }

  /** Why nothing may be published just now, without a session. */
  public Optional<Throttle.Refusal> onPublish(Member author) {
    return from.flatMap(address -> throttle().onPublish(address, author));
  }

  /**
   * Reads a page of history and puts it into words, each when it is its turn.
   *
   * @param executor where that is done; the log has threads of its own
   */
  public <T> CompletionStage<T> page(
      Executor executor, Supplier<CompletionStage<Page>> read, Function<Page, T> words) {
    return charging
        .reads()
        .pass(network, executor, read)
        .thenCompose(
            page ->
                charging
                    .words()
                    .pass(
                        network,
                        executor,
                        () -> CompletableFuture.completedFuture(words.apply(page))));
  }

  /** So many bytes were read or written for this caller alone. */
  public void onBytes(long bytes) {
    from.ifPresent(address -> throttle().onSpent(address, Work.ofBytes(bytes)));
  }

  /** Room for bodies of requests that have come, and for pages on their way out. */
  public HeldBytes.From requests() {
    return charging.pools().requests().ofNetwork(network);
  }

  /** Room for messages that have begun to come. */
  public HeldBytes.From begun() {
    return charging.pools().begun().ofNetwork(network);
  }

  /** Room for what is not taken of what is sent. */
  public HeldBytes.From unsent() {
    return charging.pools().unsent().ofNetwork(network);
  }

  /**
   * Takes room for a message until it is kept and answered.
   *
   * @throws RefusedException if there is none now
   */
  public HeldBytes.Part draft(int bytes) {
    return charging.pools().drafts().ofNetwork(network).take((long) bytes + AROUND_A_DRAFT);
  }

  /** Returns whether there were too many connections when this one began. */
  public boolean isTooMany() {
    return false;
  }

  /** The connection is over, if there was one. A second call is harmless. */
  public void end() {}
}
