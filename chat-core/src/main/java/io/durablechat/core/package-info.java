/**
 * Chat rooms with one owner each, a log that only grows, and sessions that are cursors into it.
 *
 * <p>Start at {@link io.durablechat.core.RoomDirectory}. A room's state is changed on its own
 * strand alone, a message is seen by nobody before its {@link io.durablechat.core.Broadcaster} has
 * kept it, and a session that is slow is fed from the log instead of from a queue.
 *
 * <p>No method of this package accepts or returns {@code null}, and none that returns a {@link
 * java.util.concurrent.CompletionStage} waits.
 */
package io.durablechat.core;
