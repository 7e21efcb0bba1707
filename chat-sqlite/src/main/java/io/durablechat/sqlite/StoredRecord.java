package io.durablechat.sqlite;

/** What a file holds of a room: first the ids of trimmed messages, then the messages. */
public sealed interface StoredRecord permits StoredEntry, TrimmedId {}
