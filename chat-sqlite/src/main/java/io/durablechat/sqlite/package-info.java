/**
 * A log of messages in one SQLite file: the storage of a chat on one machine. See {@link
 * io.durablechat.sqlite.SqliteMessageLog}.
 */
package io.durablechat.sqlite;
