/**
 * Rooms over WebSocket: Jakarta WebSocket endpoints for embedded Jetty, and a server around them.
 *
 * <p>{@link io.durablechat.jetty.ChatServer} is a whole server; {@link
 * io.durablechat.jetty.ChatEndpoint} puts the rooms into an application's own. The wire is
 * described in {@code docs/protocol.md}.
 */
package io.durablechat.jetty;
