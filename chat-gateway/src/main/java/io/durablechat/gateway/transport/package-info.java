/**
 * Frames on their way out and in, without a container's API: queues, one write in flight, gates.
 */
package io.durablechat.gateway.transport;
