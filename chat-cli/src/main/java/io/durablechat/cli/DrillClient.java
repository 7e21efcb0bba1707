package io.durablechat.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
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

  /** From when on and until when it was told to come back, if it was; in milliseconds. */
  private Optional<long[]> window = Optional.empty();

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
        .subprotocols("chat.v1")
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
    JsonObject hello = object("hello");
    hello.addProperty("key", key);
    cursor.ifPresent(c -> hello.addProperty("cursor", c));
    say(hello);
  }

  private void comeBackLater() {
    if (isOver) {
      return;
    }
    long wait =
        window
            .map(w -> ThreadLocalRandom.current().nextLong(w[0], w[1] + 1))
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
    JsonObject publish = object("publish");
    publish.addProperty("id", id);
    publish.addProperty("text", unacknowledged.get(id));
    say(publish);
  }

  private void say(JsonObject object) {
    // One after another, as this API wants it: what fails shows by the line's end.
    line.ifPresent(
        socket -> sending = sending.thenCompose(s -> socket.sendText(object + "", true)));
  }

  private static JsonObject object(String type) {
    JsonObject object = new JsonObject();
    object.addProperty("type", type);
    return object;
  }

  void leave() {
    isOver = true;
    line.ifPresent(WebSocket::abort);
  }

  private void onObject(JsonObject object) {
    if (object.has("seq") && object.has("prev")) {
      onRecord(object);
      return;
    }
    switch (object.get("type").getAsString()) {
      case "welcome" -> {
        tally.onResumed(object.get("resume").getAsString(), lostAt != 0);
        cursor = Optional.of(object.get("cursor").getAsString());
      }
      case "live" -> onLive();
      case "ok" -> {
        unacknowledged.remove(object.get("id").getAsString());
        acknowledged.add(object.get("seq").getAsLong());
      }
      case "error" -> {
        tally.onRefused(object.get("code").getAsString());
        // Sent again after the next return, or counted as open at the end.
      }
      case "bye" -> {
        if (object.get("reconnect").getAsBoolean() && object.has("after")) {
          JsonArray after = object.getAsJsonArray("after");
          window = Optional.of(new long[] {after.get(0).getAsLong(), after.get(1).getAsLong()});
        }
      }
      default -> {
        // Who is there is of no interest here.
      }
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
  private void onRecord(JsonObject record) {
    long sequence = record.get("seq").getAsLong();
    if (!seen.add(sequence)) {
      tally.onDoubled();
    } else if (sequence < last) {
      tally.onOutOfOrder();
    }
    last = Math.max(last, sequence);
    if (record.has("cursor")) {
      cursor = Optional.of(record.get("cursor").getAsString());
    }
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
        thread.execute(
            () ->
                whole
                    .lines()
                    .map(l -> JsonParser.parseString(l).getAsJsonObject())
                    .forEach(DrillClient.this::onObject));
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
