package io.durablechat.jetty;

import io.durablechat.core.Message;
import io.durablechat.core.Page;
import io.durablechat.core.Range;
import io.durablechat.core.RefusedException;

/**
 * The memory of one page of history, from before it is read until it is taken. Where there is no
 * room for all that a page may be, a shorter one is read, which goes on where it ends; so nobody is
 * refused for what others hold as long as what is asked for turns out to be small. Its methods are
 * called one after another, {@link #release} at any time.
 */
final class PageMemory {
  /** What a page takes, roughly, for each byte of bodies: the bodies, and their JSON twice. */
  private static final int FORMS = 3;

  private final HeldBytes.Part part;
  private final Range range;
  private long reserved;

  private PageMemory(HeldBytes.Part part, Range range, long reserved) {
    this.part = part;
    this.range = range;
    this.reserved = reserved;
  }

  /**
   * Takes room for what is asked for, or for less of it.
   *
   * @throws RefusedException if there is none at all now
   */
  static PageMemory of(HeldBytes.From held, Range asked) {
    long whole = (long) FORMS * asked.bytes();
    if (held.hasRoom(whole)) {
      try {
        return new PageMemory(held.take(whole), asked, whole);
      } catch (RefusedException others) {
        return small(held, asked);
      }
    }
    return small(held, asked);
  }

  private static PageMemory small(HeldBytes.From held, Range asked) {
    Range shorter = asked.withBytes(Math.min(asked.bytes(), HeldBytes.SMALL / FORMS));
    return new PageMemory(held.take(HeldBytes.SMALL), shorter, HeldBytes.SMALL);
  }

  /** What is to be read. */
  Range range() {
    return range;
  }

  /**
   * The page was read; to be called before another one is, so that no more than those that are
   * being read are not counted.
   *
   * @throws RefusedException if it is longer than there is room for: one message may be
   */
  void onRead(Page page) {
    long bytes = 0;
    for (Message message : page.messages()) {
      bytes += message.draft().body().size();
    }
    grow(FORMS * bytes);
  }

  /**
   * The page is so long, in bytes, and nothing else of it is held.
   *
   * @throws RefusedException if it is longer than there is room for
   */
  void onWritten(long bytes) {
    grow(bytes);
    part.set(bytes);
  }

  private void grow(long bytes) {
    if (bytes > reserved) {
      part.add(bytes - reserved);
      reserved = bytes;
    }
  }

  /** It is taken, or will not be. A second call is harmless. */
  void release() {
    part.release();
  }
}
