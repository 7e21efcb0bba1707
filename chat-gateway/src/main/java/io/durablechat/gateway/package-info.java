/**
 * A gateway between clients and rooms, in whatever container: dialects of the wire, sign-in,
 * rights, sessions and what the server does when a peer is slow, silent or too much.
 *
 * <p>Applications use the settings ({@link io.durablechat.gateway.EndpointSettings}), the ways to
 * say who somebody is ({@link io.durablechat.gateway.auth.Authenticator}) and, for a wire protocol
 * of their own, {@link io.durablechat.gateway.Dialect} and {@link
 * io.durablechat.gateway.RoomConversation}. The other packages are for containers' adapters alone,
 * and may change with any version; of {@code limits} applications use {@code Limits} and {@code
 * Limit}.
 *
 * <p>Logging is by SLF4J, of which an application brings the provider: without one nothing is
 * logged. Refusals name settings as methods of this library, unless {@link
 * io.durablechat.gateway.EndpointSettings#settingNames} gives them other names.
 */
package io.durablechat.gateway;
