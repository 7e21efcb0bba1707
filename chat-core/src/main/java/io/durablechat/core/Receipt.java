package io.durablechat.core;

/**
 * The answer to a publish: the draft is kept.
 *
 * @param sequence the number it has in its room
 * @param duplicate whether it was kept before, by an earlier attempt with the same id
 */
public record Receipt(long sequence, boolean duplicate) {}
