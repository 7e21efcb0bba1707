package io.durablechat.gateway.limits;

import io.durablechat.core.Entry;
import io.durablechat.core.Page;
import io.durablechat.core.Range;
import io.durablechat.core.RefusedException;
import io.durablechat.core.Room;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/**
 * The memory of one page of history, from before it is read until it is taken. Where there is no
 * room for all that a page may be, a shorter one is read, which goes on where it ends; so nobody is
 * refused for what others hold as long as what is asked for turns out to be small. Its methods are
 * called one after another, {@link #release} and {@link #cancel} at any time.
 */
public final class PageMemory {
  /** What a page takes, roughly, for each byte of bodies: the bodies, and their JSON twice. */
  private static final int FORMS = 3;

  private final HeldBytes.Part part;
  private final Range range;
  private long reserved;

  /**
   * The page until it is there, and null then: whoever waits for the end of a request, or of a
   * session, may hold this for long, but not what was read.
   */
  private volatile Future<Page> reading;

  private volatile boolean isUnwanted;

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
  public static PageMemory of(HeldBytes.From held, Range asked) {
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

  /**
   * Reads the page, unless it was {@linkplain #cancel cancelled} before. Fails with {@link
   * RefusedException} if it is longer than there is room for, as one message may be.
   */
  public CompletableFuture<Page> read(Room room) {
    if (isUnwanted) {
      return CompletableFuture.failedFuture(new CancellationException());
    }
    CompletableFuture<Page> page = room.history(range);
    reading = page;
    if (isUnwanted) {
      page.cancel(false);
    }
    // Counted before another one is read: so no more than those that are being read are not.
    return page.whenComplete((read, e) -> reading = null).thenApply(this::counted);
  }

  private Page counted(Page page) {
    long bytes = 0;
    for (Entry message : page.entries()) {
      bytes += message.draft().body().size();
    }
    grow(FORMS * bytes);
    return page;
  }

  /**
   * The page is so long, in bytes, and nothing else of it is held.
   *
   * @throws RefusedException if it is longer than there is room for
   */
  public void onWritten(long bytes) {
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
  public void release() {
    part.release();
  }

  /** Nobody waits for it any more. */
  public void cancel() {
    isUnwanted = true;
    Future<Page> asked = reading;
    if (asked != null) {
      asked.cancel(false);
    }
  }
}
