package io.durablechat.sqlite;

import io.durablechat.core.RoomName;

/**
 * A room as it stands in the file.
 *
 * @param name its name
 * @param trimmedThrough the highest sequence that retention has removed, 0 if none
 * @param last the sequence of its last record, removed or not
 * @param lastAt when that was kept, in milliseconds since 1970-01-01T00:00Z
 * @param records how many records the file holds
 */
public record StoredRoom(
    RoomName name, long trimmedThrough, long last, long lastAt, long records) {}
