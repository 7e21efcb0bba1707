package io.durablechat.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Consecutive entries of a room, handed to many sessions at once and encoded once for all that
 * share an {@link Encoding}. Safe for use by several threads.
 */
public final class Batch {
  /** Bodies in one batch, in bytes, unless its only message is larger: what one write takes. */
  static final int MAX_BYTES = 128 << 10;

  /** What a message costs beside its body, roughly: objects, and what encodings put around it. */
  private static final int MESSAGE_OVERHEAD = 512;

  /** A body, and its encodings for two dialects. */
  private static final int FORMS = 3;

  private final List<Entry> entries;
  private final Cursor cursor;
  private final long bytes;
  private final EncodedForms<Batch> forms = new EncodedForms<>();

  private Batch(List<Entry> entries, Cursor cursor) {
    this.entries = entries;
    this.cursor = cursor;
    long sum = 0;
    for (Entry entry : entries) {
      sum += entry.draft().body().size();
    }
    this.bytes = sum;
  }

  /** These entries, which must not be empty, in batches of bounded size. */
  static List<Batch> split(List<Entry> entries, Cursor anyCursor) {
    List<Batch> batches = new ArrayList<>(1);
    int from = 0;
    long bytes = 0;
    for (int i = 0; i < entries.size(); i++) {
      int size = entries.get(i).draft().body().size();
      if (i > from && bytes + size > MAX_BYTES) {
        batches.add(of(entries.subList(from, i), anyCursor));
        from = i;
        bytes = 0;
      }
      bytes += size;
    }
    batches.add(of(entries.subList(from, entries.size()), anyCursor));
    return batches;
  }

  /** These entries, which must not be empty, whatever their size. */
  static Batch of(List<Entry> entries, Cursor anyCursor) {
    return new Batch(
        List.copyOf(entries), anyCursor.at(entries.get(entries.size() - 1).sequence()));
  }

  /** The bodies' size, in bytes. */
  public long bytes() {
    return bytes;
  }

  /** The memory it takes with its encodings, in bytes, roughly. */
  int cost() {
    return (int)
        Math.min(Integer.MAX_VALUE, FORMS * bytes + (long) MESSAGE_OVERHEAD * entries.size());
  }

  /** What of this batch lies after the sequence: usually all of it, and itself. */
  Optional<Batch> after(long sequence) {
    if (entries.get(0).sequence() > sequence) {
      return Optional.of(this);
    }
    List<Entry> rest = entries.stream().filter(m -> m.sequence() > sequence).toList();
    return rest.isEmpty() ? Optional.empty() : Optional.of(new Batch(rest, cursor));
  }

  /** The entries, at least one, oldest first. */
  public List<Entry> entries() {
    return entries;
  }

  /** Where a session stands once it has been given this batch. */
  public Cursor cursor() {
    return cursor;
  }

  /**
   * The entries in this encoding; computed at the first call for it and shared by all others, so
   * the result must not change.
   */
  public <T> T as(Encoding<T> encoding) {
    return forms.of(this, encoding, encoding::encode);
  }

  /**
   * A form in which sessions are given batches. Told apart by identity: use one object for all
   * sessions.
   *
   * @param <T> what a batch becomes
   */
  @FunctionalInterface
  public interface Encoding<T> {
    /** Encodes the batch into something that is safe to share and never {@code null}. */
    T encode(Batch batch);
  }
}
