/**
 * The dialect of the best-known chat demo for Durable Objects, for clients and pages that were
 * written for it: {@link io.durablechat.jetty.workerschat.WorkersChat}, which {@link
 * io.durablechat.jetty.EndpointSettings#dialects} turns on. The wire is described in {@code
 * docs/workers-chat.md}.
 */
package io.durablechat.jetty.workerschat;
