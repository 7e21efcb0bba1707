package io.durablechat.sqlite;

import io.durablechat.core.Member;

/**
 * An id that is remembered although retention has removed its message.
 *
 * @param sequence the sequence of that message
 * @param author its author, whose name is not remembered
 * @param id the id
 * @param publishId when and for what it was used
 */
public record TrimmedId(long sequence, Member author, String id, StoredEntry.PublishId publishId)
    implements StoredRecord {}
