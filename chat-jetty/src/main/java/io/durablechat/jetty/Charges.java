package io.durablechat.jetty;

import io.durablechat.core.Member;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RoomName;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * What one caller is charged, for its address and for all together; a {@link OfSession session} for
 * itself as well. Safe for use by several threads.
 */
final class Charges {
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

  private Throttle throttle() {
    return charging.throttle();
  }

  /** Why no session may begin just now. */
  Optional<Throttle.Refusal> onJoin() {
    return from.flatMap(throttle()::onJoin);
  }

  /** Why this room may not be named just now. */
  Optional<Throttle.Refusal> onRoom(RoomName room) {
    return from.flatMap(address -> throttle().onRoom(address, room));
  }

  /** Why nothing may be asked for just now, whoever asks. */
  Optional<Throttle.Refusal> onRequest() {
    return from.flatMap(throttle()::onRequest);
  }

  /** Why this member may not ask for anything just now. */
  Optional<Throttle.Refusal> onRequest(Member asking) {
    return throttle().onRequest(asking);
  }

  /** Why nothing may be published just now, without a session. */
  Optional<Throttle.Refusal> onPublish(Member author) {
    return from.flatMap(address -> throttle().onPublish(address, author));
  }

  /** An executor for what puts a page of history into words, a few at a time. */
  Executor pages(Executor executor) {
    return charging.pages().on(executor);
  }

  /** So many bytes were read or written for this caller alone. */
  void onBytes(long bytes) {
    from.ifPresent(address -> throttle().onSpent(address, Work.ofBytes(bytes)));
  }

  /** Room for bodies of requests that have come, and for pages on their way out. */
  HeldBytes.From requests() {
    return charging.pools().requests().ofNetwork(network);
  }

  /** Room for messages that have begun to come. */
  HeldBytes.From begun() {
    return charging.pools().begun().ofNetwork(network);
  }

  /** Room for what is not taken of what is sent. */
  HeldBytes.From unsent() {
    return charging.pools().unsent().ofNetwork(network);
  }

  /**
   * What a session that begins is charged from now on, until it {@linkplain OfSession#end ends}.
   */
  OfSession session() {
    return new OfSession(throttle().share(from));
  }

  /** What one session is charged. */
  final class OfSession {
    private final Throttle.Share share;

    private OfSession(Throttle.Share share) {
      this.share = share;
    }

    /** Whether there were too many sessions when this one began. */
    boolean isTooMany() {
      return share.isTooMany();
    }

    /** Why this room may not be named just now. */
    Optional<Throttle.Refusal> onRoom(RoomName room) {
      return share.onRoom(room);
    }

    /** Why nothing may be published just now. */
    Optional<Throttle.Refusal> onPublish(Member author) {
      return share.onPublish(author);
    }

    /**
     * Why this may not be asked for just now.
     *
     * @param asking by whom, once that is known
     * @param bytes how much was read for it
     */
    Optional<Throttle.Refusal> onRequest(Work work, Optional<Member> asking, long bytes) {
      return share.onRequest(asking, work.weight() + Work.ofBytes(bytes));
    }

    /** So many bytes were read or written for this session alone. */
    void onBytes(long bytes) {
      share.onSpent(Work.ofBytes(bytes));
    }

    /**
     * Takes room for a message until it is kept and answered.
     *
     * @throws RefusedException if there is none now
     */
    HeldBytes.Part draft(int bytes) {
      return charging.pools().drafts().ofNetwork(network).take((long) bytes + AROUND_A_DRAFT);
    }

    /** The session is over. A second call is harmless. */
    void end() {
      share.end();
    }
  }
}
