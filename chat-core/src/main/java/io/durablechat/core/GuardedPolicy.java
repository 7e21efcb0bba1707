package io.durablechat.core;

import io.durablechat.core.RefusedException.Reason;

/** An application's policy, of which nothing but a {@link RefusedException} comes out. */
record GuardedPolicy(RoomPolicy policy) implements RoomPolicy {
  private static final System.Logger LOG = System.getLogger(RoomPolicy.class.getName());

  @Override
  public void admit(RoomName room, Member member) {
    try {
      policy.admit(room, member);
    } catch (RuntimeException e) {
      throw refusal(e);
    }
  }

  @Override
  public Draft review(RoomName room, Member author, Draft draft) {
    try {
      return policy.review(room, author, draft);
    } catch (RuntimeException e) {
      throw refusal(e);
    }
  }

  @Override
  public void onJoined(RoomName room, Member member) {
    try {
      policy.onJoined(room, member);
    } catch (RuntimeException e) {
      log(e);
    }
  }

  @Override
  public void onLeft(RoomName room, Member member) {
    try {
      policy.onLeft(room, member);
    } catch (RuntimeException e) {
      log(e);
    }
  }

  private static RefusedException refusal(RuntimeException thrown) {
    if (thrown instanceof RefusedException refusal) {
      return refusal;
    }
    log(thrown);
    return RefusedException.of(Reason.FORBIDDEN, "not allowed");
  }

  private static void log(RuntimeException thrown) {
    LOG.log(System.Logger.Level.ERROR, "The room policy failed", thrown);
  }
}
