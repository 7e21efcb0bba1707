package io.durablechat.gateway.limits;

import io.durablechat.core.Member;
import io.durablechat.core.RoomName;
import java.net.InetAddress;
import java.util.Optional;

/**
 * The charges of one open connection, for itself as well as for its address, from when it begins
 * until it {@linkplain #end ends}. Safe for use by several threads.
 */
public final class SessionCharges extends Charges {
  private final Throttle.Share share;

  SessionCharges(Charging charging, Optional<InetAddress> from) {
    super(charging, from);
    this.share = charging.throttle().share(from);
  }

  @Override
  public boolean isTooMany() {
    return share.isTooMany();
  }

  @Override
  public Optional<Throttle.Refusal> onRoom(RoomName room) {
    return share.onRoom(room);
  }

  @Override
  public Optional<Throttle.Refusal> onPublish(Member author) {
    return share.onPublish(author);
  }

  /**
   * Returns why this may not be asked for just now.
   *
   * @param asking by whom, once that is known
   * @param bytes how much was read for it
   */
  public Optional<Throttle.Refusal> onRequest(Work work, Optional<Member> asking, long bytes) {
    return share.onRequest(asking, work.weight() + Work.ofBytes(bytes));
  }

  @Override
  public void onBytes(long bytes) {
    share.onSpent(Work.ofBytes(bytes));
  }

  @Override
  public void end() {
    share.end();
  }
}
