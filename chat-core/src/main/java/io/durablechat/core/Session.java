package io.durablechat.core;

import java.util.concurrent.CompletionStage;

/** One open connection to a room. All methods may be called from any thread and none blocks. */
public interface Session {
  /** An id that no other session has. */
  String id();

  /** Who it speaks as, under the name it has now. */
  Member member();

  /**
   * Publishes to the session's room, in the order of the calls. Completes once the message is kept
   * as durably as the room's {@link Broadcaster} says.
   *
   * <p>A draft that was kept before under its id completes with its first sequence, whatever has
   * been decided since about who may publish.
   *
   * <p>Fails with {@link RefusedException}, and then nothing was kept; except after {@code STORAGE}
   * it may have been: retry with the same id. So that what waits is bounded, a session may by
   * default have 1,024 drafts or 1 MiB of bodies on their way (one larger draft always fits) and
   * all sessions together 64 MiB; above it, {@code OVERLOADED}.
   */
  CompletionStage<Receipt> publish(Draft draft);

  /**
   * Publishes as {@link #publish} does, for protocols that cannot tell their client which draft was
   * refused: once one handed in here may not be published in its turn, those behind it are refused
   * as well, so that no hole comes to be in the middle. Drafts that were already given to the log
   * when it failed ({@code STORAGE}) may be kept nevertheless.
   */
  CompletionStage<Receipt> publishNext(Draft draft);

  /**
   * Completes once the outbox has taken all that the room had delivered when this was called, or
   * the session has left: of a message that is kept, so, once its own author was given it. For one
   * that does not read it may take long.
   */
  CompletionStage<Void> delivered();

  /**
   * Has the session speak under this name from now on, and the others told. Completes with the
   * member as it is called then; fails with {@link RefusedException} if that may not be.
   *
   * @throws IllegalArgumentException saying in one line what is wrong with the name
   */
  default CompletionStage<Member> rename(String name) {
    return rename(member().named(name));
  }

  /**
   * The same, for a member whose name was made by {@link Member#named} already: that takes a while.
   *
   * @throws IllegalArgumentException if this is another member, or has no name
   */
  CompletionStage<Member> rename(Member renamed);

  /**
   * Tells the others that the member types, or that it does not any more. To be said again within 6
   * s while it goes on. In a room of more than {@value Joined#MAX_MEMBERS} members it is of no
   * effect.
   */
  void typing(boolean on);

  /**
   * Sets what the room is told of the session's owner beside who it is. It holds from now on, for
   * every draft that is handed in after this call, and for those before it that have not had their
   * turn yet. Whether the session may be in the room is not asked again.
   */
  void attributes(SessionAttributes attributes);

  /** The outbox, having said "not now", can take more. Harmless at any other time. */
  void ready();

  /**
   * Leaves the room, after what the session has handed in; from then on its outbox hears nothing
   * more. A second call is harmless.
   */
  void leave();
}
