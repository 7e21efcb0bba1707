package io.durablechat.gateway;

import io.durablechat.core.Range;
import io.durablechat.core.Room;
import io.durablechat.gateway.limits.Charges;
import io.durablechat.gateway.limits.PageMemory;
import io.durablechat.gateway.limits.Refusals;
import io.durablechat.gateway.transport.EncodedFrames;
import io.durablechat.gateway.transport.FrameSender;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pages of history that one session asks for: the next once this one is on its way to it. */
final class HistoryPages {
  private static final Logger LOG = LoggerFactory.getLogger(HistoryPages.class);

  private final Charges charges;
  private final FrameSender sender;
  private final Executor executor;
  private final AtomicBoolean busy = new AtomicBoolean();

  /** The memory of the page that was asked for last; null before one was. */
  private volatile PageMemory asked;

  private volatile boolean hasEnded;

  /**
   * Pages for one session.
   *
   * @param executor where they are put into words: not where the log is read
   */
  HistoryPages(Charges charges, FrameSender sender, Executor executor) {
    this.charges = charges;
    this.sender = sender;
    this.executor = executor;
  }

  /** Takes its place; false if another page is on its way. */
  boolean begin() {
    return busy.compareAndSet(false, true);
  }

  /**
   * Reads a page and sends it. Call {@link #begin} first. Completes when it has its place in what
   * is sent.
   */
  CompletionStage<?> send(Room room, Range range, String id) {
    PageMemory memory;
    try {
      memory = PageMemory.of(charges.requests(), range);
    } catch (RuntimeException e) {
      busy.set(false);
      throw e;
    }
    asked = memory;
    if (hasEnded) {
      memory.cancel();
    }
    return charges
        .page(
            executor,
            () -> memory.read(room),
            page -> EncodedFrames.text(ServerObjects.history(id, page).toJson()))
        .handle(
            (frame, failure) -> {
              try {
                if (failure != null) {
                  throw Refusals.of(failure);
                }
                send(frame, memory);
              } catch (Throwable e) {
                memory.release();
                busy.set(false);
                sender.send(ServerObjects.error(Optional.of(id), Refusals.of(e)).toJson());
                LOG.debug("A page of history could not be sent", e);
              }
              return null;
            });
  }

  /** Nobody waits for a page any more: none is read for it. */
  void end() {
    hasEnded = true;
    PageMemory last = asked;
    if (last != null) {
      last.cancel();
    }
  }

  private void send(EncodedFrames frame, PageMemory memory) {
    memory.onWritten(frame.length());
    charges.onBytes(frame.length());
    sender.reply(frame, () -> busy.set(false), memory::release);
  }
}
