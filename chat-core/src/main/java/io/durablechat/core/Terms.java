package io.durablechat.core;

import java.time.Duration;

/**
 * What a directory's sessions may rely on, and must keep to.
 *
 * @param durability what has happened to a message when its publish completes
 * @param retryWindow for how long a draft with an id may be handed in again and is kept once
 * @param maxMessageBytes the largest body that may be published
 * @param sessionDrafts how many drafts of one session may wait to be kept
 * @param sessionBytes how many bytes of bodies they may have, unless it is a single draft
 */
public record Terms(
    Durability durability,
    Duration retryWindow,
    int maxMessageBytes,
    int sessionDrafts,
    long sessionBytes) {}
