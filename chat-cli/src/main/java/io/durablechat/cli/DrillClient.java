package io.durablechat.cli;

import io.durablechat.wire.Bye;
import io.durablechat.wire.ChatEntry;
import io.durablechat.wire.Command;
import io.durablechat.wire.Event;
import io.durablechat.wire.Ok;
import io.durablechat.wire.Protocol;
import io.durablechat.wire.Welcome;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A client of {@code chat.v1} that comes back as it is told to, and as it was told nothing with
 * backoff and full jitter; sends again what was not acknowledged; and notes what it saw. Used on
 * the drill's thread alone.
 */
final class DrillClient {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final long FIRST_BACKOFF_MILLIS = 500;
  private static final long MAX_BACKOFF_MILLIS = 30_000;

  /**
   * A line on which nothing was heard for so long is lost. A line that was cut is not always
   * reported: {@link WebSocket} now and then tells its listener nothing of it.
   */
  static final Duration QUIET = Duration.ofSeconds(35);

  private final URI room;
  private final String key;
  private final HttpClient http;
  private final ScheduledExecutorService thread;
  private final DrillTally tally;
  private final LongSupplier nanos;

  /** When something was heard, or its line opened. */
  private volatile long heardAt;

  private Optional<WebSocket> line = Optional.empty();
  private Optional<String> cursor = Optional.empty();
  private boolean isLive;
  private boolean isOver;
  private long backoffMillis = FIRST_BACKOFF_MILLIS;

  /** When it lost its line; 0 while it has not. */
  private long lostAt;

  /** From when on and until when it was told to come back, if it was. */
  private Optional<Bye.Window> window = Optional.empty();

  private final Map<String, String> unacknowledged = new LinkedHashMap<>();
  private final Set<Long> acknowledged = new HashSet<>();
  private final Set<Long> seen = new HashSet<>();
  private long last;
  private int ids;
  private CompletionStage<?> sending = CompletableFuture.completedFuture(null);

  /**
   * @param nanos elapsed time, as {@link System#nanoTime}
   */
  DrillClient(
      URI room,
      String key,
      HttpClient http,
      ScheduledExecutorService thread,
      DrillTally tally,
      LongSupplier nanos) {
    this.room = room;
    this.key = key;
    this.http = http;
    this.thread = thread;
    this.tally = tally;
    this.nanos = nanos;
  }

  void connect() {
    http.newWebSocketBuilder()
        .subprotocols(Protocol.SUBPROTOCOL)
        .connectTimeout(CONNECT)
        .buildAsync(room, new Ear())
        .whenCompleteAsync(
            (socket, e) -> {
              if (e == null) {
                onConnected(socket);
              } else {
                tally.onFailedAttempt(
                    LineChecks.reason(e instanceof CompletionException ? e.getCause() : e));
                comeBackLater();
              }
            },
            thread);
  }

  private void onConnected(WebSocket socket) {
    line = Optional.of(socket);
    heardAt = nanos.getAsLong();
    if (lostAt != 0) {
      tally.onReconnected(lostAt);
    }
    say(Command.Hello.anonymous().withKey(key).withCursor(cursor));
  }

  private void comeBackLater() {
    if (isOver) {
      return;
    }
    long wait =
        window
            .map(
                w ->
                    ThreadLocalRandom.current()
                        .nextLong(w.min().toMillis(), w.max().toMillis() + 1))
            .orElseGet(() -> ThreadLocalRandom.current().nextLong(backoffMillis + 1));
    window = Optional.empty();
    backoffMillis = Math.min(2 * backoffMillis, MAX_BACKOFF_MILLIS);
    thread.schedule(this::connect, wait, TimeUnit.MILLISECONDS);
  }

  /** Some time has passed. */
  void onTick() {
    line.filter(socket -> nanos.getAsLong() - heardAt > QUIET.toNanos()).ifPresent(this::onQuiet);
  }

  private void onQuiet(WebSocket socket) {
    socket.abort();
    onLost(socket);
  }

  boolean isLive() {
    return isLive;
  }

  /** Whether everything it sent was acknowledged. */
  boolean isSettled() {
    return unacknowledged.isEmpty();
  }

  /** Sequences of its room that were acknowledged to it. */
  Set<Long> acknowledged() {
    return acknowledged;
  }

  /** Sequences that it was given. */
  Set<Long> seen() {
    return seen;
  }

  URI room() {
    return room;
  }

  void publish() {
    String id = "" + ids++;
    unacknowledged.put(id, "drill " + id);
    publish(id);
  }

  private void publish(String id) {
    say(Command.Publish.of(id, unacknowledged.get(id)));
  }

  private void say(Command command) {
    // One after another, as this API wants it: what fails shows by the line's end.
    line.ifPresent(
        socket -> sending = sending.thenCompose(s -> socket.sendText(command.toJson(), true)));
  }

  void leave() {
    isOver = true;
    line.ifPresent(WebSocket::abort);
  }

  /** Ignores presence and events of unknown types. */
  private void onEvent(Event event) {
    if (event instanceof ChatEntry entry) {
      onEntry(entry);
    } else if (event instanceof Welcome welcome) {
      tally.onResumed(welcome.resume().word(), lostAt != 0);
      cursor = Optional.of(welcome.cursor());
    } else if (event instanceof Event.Live) {
      onLive();
    } else if (event instanceof Ok.Published kept) {
      unacknowledged.remove(kept.id());
      acknowledged.add(kept.seq());
    } else if (event instanceof Event.Refusal refusal) {
      // Sent again after the next return, or counted as open at the end.
      tally.onRefused(refusal.code());
    } else if (event instanceof Bye bye && bye.reconnect()) {
      bye.after().ifPresent(after -> window = Optional.of(after));
    }
  }

  private void onLive() {
    isLive = true;
    lostAt = 0;
    backoffMillis = FIRST_BACKOFF_MILLIS;
    tally.onLive();
    unacknowledged.keySet().forEach(this::publish);
  }

  /** Whatever it is about: kinds of records that are not known here are numbered like any other. */
  private void onEntry(ChatEntry entry) {
    long sequence = entry.seq();
    if (!seen.add(sequence)) {
      tally.onDoubled();
    } else if (sequence < last) {
      tally.onOutOfOrder();
    }
    last = Math.max(last, sequence);
    cursor = entry.cursor().or(() -> cursor);
  }

  private void onLost(WebSocket lost) {
    if (line.filter(lost::equals).isEmpty()) {
      return;
    }
    line = Optional.empty();
    sending = CompletableFuture.completedFuture(null);
    if (isOver) {
      return;
    }
    if (lostAt == 0) {
      lostAt = nanos.getAsLong();
      tally.onLost(window.isPresent());
    }
    isLive = false;
    comeBackLater();
  }

  /** What the server says, handed to the drill's thread. */
  private final class Ear implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean isLast) {
      heardAt = nanos.getAsLong();
      text.append(part);
      if (isLast) {
        String whole = text.toString();
        text.setLength(0);
        thread.execute(() -> whole.lines().map(Event::parse).forEach(DrillClient.this::onEvent));
      }
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      thread.execute(
          () -> {
            if (!isLive) {
              tally.onFailedAttempt("closed with " + code + " " + reason);
            }
            onLost(socket);
          });
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      thread.execute(() -> onLost(socket));
    }
  }
}
