package io.durablechat.jetty;

import io.durablechat.core.Page;
import io.durablechat.core.Range;
import io.durablechat.core.Room;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pages of history that one session asks for: the next once this one is on its way to it. */
final class HistoryPages {
  private static final Logger LOG = LoggerFactory.getLogger(HistoryPages.class);

  /** What a page takes, roughly, for each byte of bodies: the bodies, and their JSON twice. */
  private static final int FORMS = 3;

  private final HeldBytes.From held;
  private final Executor executor;
  private final AtomicBoolean busy = new AtomicBoolean();

  /**
   * Pages for one session.
   *
   * @param executor where they are put into words: not where the log is read
   */
  HistoryPages(HeldBytes.From held, Executor executor) {
    this.held = held;
    this.executor = executor;
  }

  /** Takes its place; false if another page is on its way. */
  boolean begin() {
    return busy.compareAndSet(false, true);
  }

  /**
   * Reads a page and sends it. Call {@link #begin} first. Completes when it has its place in what
   * is sent.
   *
   * @param largest the largest body there may be, in bytes
   * @param onBytes told how long the page was, in bytes
   */
  CompletionStage<?> send(
      Room room, Range range, long largest, String id, FrameSender sender, LongConsumer onBytes) {
    HeldBytes.Part part;
    try {
      part = held.take(FORMS * Math.max(range.bytes(), largest));
    } catch (RuntimeException e) {
      busy.set(false);
      throw e;
    }
    return room.history(range)
        .whenCompleteAsync(
            (page, failure) -> {
              try {
                if (failure != null) {
                  throw Refusals.of(failure);
                }
                onBytes.accept(send(page, range, id, sender, part));
              } catch (Throwable e) {
                part.release();
                busy.set(false);
                sender.control(ServerObjects.error(Optional.of(id), Refusals.of(e)));
                LOG.debug("A page of history could not be sent", e);
              }
            },
            executor);
  }

  private int send(Page page, Range range, String id, FrameSender sender, HeldBytes.Part part) {
    Outgoing frame = Outgoing.text(ServerObjects.history(id, page, range));
    part.set(frame.length());
    sender.reply(frame, () -> busy.set(false), part::release);
    return frame.length();
  }
}
