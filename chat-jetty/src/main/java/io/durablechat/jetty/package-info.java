/**
 * Rooms over WebSocket: Jakarta WebSocket endpoints for embedded Jetty, and a server around them.
 *
 * <p>{@link io.durablechat.jetty.ChatServer} is a whole server; {@link
 * io.durablechat.jetty.ChatEndpoint} puts the rooms into an application's own. The wire is
 * described in {@code docs/protocol.md}.
 *
 * <p>Logging is by SLF4J, of which an application brings the provider: without one nothing is
 * logged. Refusals name settings as methods of this library, unless {@link
 * io.durablechat.jetty.EndpointSettings#settingNames} gives them other names.
 */
package io.durablechat.jetty;
