package io.durablechat.core;

import io.durablechat.core.RefusedException.Reason;
import java.util.Objects;

/** An application's policy, of which nothing but drafts and {@link RefusedException}s come out. */
record GuardedPolicy(RoomPolicy policy) implements RoomPolicy {
  private static final System.Logger LOG = System.getLogger(RoomPolicy.class.getName());

  @Override
  public void admit(RoomName room, Member member) {
    try {
      policy.admit(room, member);
    } catch (Throwable e) {
      throw refusal(e);
    }
  }

  @Override
  public Draft review(RoomName room, Member author, Draft draft) {
    try {
      return Objects.requireNonNull(policy.review(room, author, draft), "reviewed draft");
    } catch (Throwable e) {
      throw refusal(e);
    }
  }

  @Override
  public void rename(RoomName room, Member member, Member renamed) {
    try {
      policy.rename(room, member, renamed);
    } catch (Throwable e) {
      throw refusal(e);
    }
  }

  @Override
  public void onJoined(RoomName room, Member member) {
    try {
      policy.onJoined(room, member);
    } catch (Throwable e) {
      log(e);
    }
  }

  @Override
  public void onLeft(RoomName room, Member member) {
    try {
      policy.onLeft(room, member);
    } catch (Throwable e) {
      log(e);
    }
  }

  private static RefusedException refusal(Throwable thrown) {
    if (thrown instanceof RefusedException refusal) {
      return refusal;
    }
    log(thrown);
    return RefusedException.of(Reason.FORBIDDEN, "not allowed");
  }

  private static void log(Throwable thrown) {
    LOG.log(System.Logger.Level.ERROR, "The room policy failed", thrown);
  }
}
