package io.durablechat.core;

/**
 * A draft on its way into the log.
 *
 * @param room where it was published
 * @param author by whom
 * @param draft what was published
 */
public record Submission(RoomName room, Member author, Draft draft) {}
