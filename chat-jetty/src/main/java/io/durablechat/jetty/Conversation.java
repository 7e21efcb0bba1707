package io.durablechat.jetty;

import io.durablechat.core.Body;
import io.durablechat.core.CloseReason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What frames mean on one connection, and how it is told of its room. Frames come one after another
 * on Jetty's threads, the room's events on its strand, the rest from any thread.
 */
public interface Conversation extends EventWriter<EncodedFrames> {
  /** Nothing to wait for. */
  CompletionStage<?> READ_ON = CompletableFuture.completedFuture(null);

  /** Whether the next message may be read already. */
  static boolean readsOn(CompletionStage<?> stage) {
    CompletableFuture<?> future = stage.toCompletableFuture();
    return future.isDone() && !future.isCompletedExceptionally();
  }

  /** The connection is open and known: what this sets off may end it at once. */
  void onOpen();

  /**
   * A message from the client, whole. The stage completes when the next may be read, which is at
   * once unless what was sent already has to be kept first.
   */
  CompletionStage<?> onMessage(Body message);

  /**
   * Something that means nothing to the room: a ping, a pong, small fragments. The stage completes
   * when more may be read.
   */
  CompletionStage<?> onTrifle();

  /**
   * The peer ends it, or did wrong, and nothing more is heard from it. Runs this once, when all it
   * has said before is answered.
   */
  void onEnding(Runnable whenAnswered);

  /** About a second has passed. */
  default void onTick() {}

  /** The connection is gone. */
  void onGone();

  @Override
  default void onClosed(CloseReason reason) {
    close(reason);
  }

  /** Ends the connection from this side, saying why. */
  void close(CloseReason reason);
}
