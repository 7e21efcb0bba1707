/**
 * The protocol {@code chat.v1} as values, in both directions and without any input or output.
 *
 * <p>A {@link io.durablechat.wire.Command} is what a client says, an {@link
 * io.durablechat.wire.Event} what a server says. A server reads commands strictly, by {@link
 * io.durablechat.wire.ReceivedCommand}; a client reads events tolerantly, by {@link
 * io.durablechat.wire.Event#parse}, and passes over what it does not know. Names that begin with
 * {@code Chat} are of what rooms have, too: a member, a message, an entry of the log.
 *
 * <p>All values are immutable and safe for use by several threads.
 */
package io.durablechat.wire;
