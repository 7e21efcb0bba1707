package io.durablechat.sqlite;

import io.durablechat.core.Entry;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * An entry as it stands in the file, with what is remembered of its id.
 *
 * @param entry the entry
 * @param publishId what makes another publish with its id a duplicate; empty once forgotten
 */
public record StoredEntry(Entry entry, Optional<PublishId> publishId) implements StoredRecord {

  /**
   * What is remembered of a draft's id. The array must not be changed.
   *
   * @param at when the draft was first kept, in milliseconds since 1970-01-01T00:00Z
   * @param digest the {@linkplain io.durablechat.core.Draft#digest() digest} of the draft as sent
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by content below, never changed
  public record PublishId(long at, byte[] digest) {
    @Override
    public boolean equals(Object other) {
      return other instanceof PublishId that && at == that.at && Arrays.equals(digest, that.digest);
    }

    @Override
    public int hashCode() {
      return Objects.hash(at, Arrays.hashCode(digest));
    }
  }
}
