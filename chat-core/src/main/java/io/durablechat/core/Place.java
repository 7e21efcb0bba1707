package io.durablechat.core;

import java.util.OptionalLong;

/**
 * A place in a room's log, found by sequences alone.
 *
 * @param position the sequence of the record before the place; reading goes on after it. Where
 *     there are fewer than were to be counted, {@code trimmedThrough}: the beginning
 * @param first the sequence of the oldest that was counted; empty if there is none
 * @param trimmedThrough the highest sequence that retention has removed, 0 if none
 * @param head the end of the room's log at that moment
 */
public record Place(long position, OptionalLong first, long trimmedThrough, Cursor head) {}
