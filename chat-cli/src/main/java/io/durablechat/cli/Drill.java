package io.durablechat.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Clients that talk while somebody restarts their server, and what they saw. All of them live on
 * one thread.
 */
final class Drill {
  /** How long is waited in the end for those who are still away. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** How long is waited for the others' messages, once all are back. */
  private static final Duration FOR_THE_REST = Duration.ofSeconds(5);

  /** Connections made in a second at the start: what limits allow from one address. */
  private static final int CONNECTS_PER_SECOND = 100;

  /** How long is waited for all of them at the start, beside that. */
  private static final Duration TO_BEGIN = Duration.ofSeconds(20);

  /** If nobody gets in at so many attempts, nobody will. */
  private static final int HOPELESS = 10;

  private static final int KEY_BYTES = 16;
  private static final int LOOK_MILLIS = 100;
  private static final long MILLIS = 1000;

  private final List<URI> rooms;
  private final int clients;
  private final int rate;
  private final Duration time;

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "chat-drill");
            made.setDaemon(true);
            return made;
          });
  private final HttpClient http;
  private final DrillTally tally = new DrillTally();
  private final List<DrillClient> all = new ArrayList<>();
  private final CompletableFuture<DrillReport> done = new CompletableFuture<>();
  private long thereBy;
  private long endsAt;

  /** Since when all have been back, and been told what became of their messages. */
  private long levelSince;

  /**
   * @param http a client that believes the server's certificate
   * @param rate messages a second of all clients together
   * @param time for how long they talk
   */
  Drill(List<URI> rooms, HttpClient http, int clients, int rate, Duration time) {
    this.rooms = rooms;
    this.http = http;
    this.clients = clients;
    this.rate = rate;
    this.time = time;
  }

  /**
   * Blocks until it is over.
   *
   * @throws IOException if not all clients get in, saying why
   */
  DrillReport run(Runnable onBegun) throws IOException, InterruptedException {
    thereBy =
        System.nanoTime() + TO_BEGIN.plusMillis(clients * MILLIS / CONNECTS_PER_SECOND).toNanos();
    SecureRandom random = new SecureRandom();
    for (int i = 0; i < clients; i++) {
      byte[] key = new byte[KEY_BYTES];
      random.nextBytes(key);
      DrillClient client =
          new DrillClient(
              rooms.get(i % rooms.size()),
              HexFormat.of().formatHex(key),
              http,
              thread,
              tally,
              System::nanoTime);
      all.add(client);
      thread.schedule(client::connect, i * MILLIS / CONNECTS_PER_SECOND, TimeUnit.MILLISECONDS);
    }
    repeat(() -> beginOnceAllAreThere(onBegun));
    repeat(this::tick);
    try {
      return done.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e);
    } finally {
      thread.execute(() -> all.forEach(DrillClient::leave));
      thread.shutdown();
    }
  }

  /** Again and again until it says that it is through. */
  private void repeat(BooleanSupplier look) {
    thread.schedule(
        () -> {
          try {
            if (!look.getAsBoolean()) {
              repeat(look);
            }
          } catch (RuntimeException e) {
            done.completeExceptionally(e);
          }
        },
        LOOK_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  private boolean beginOnceAllAreThere(Runnable onBegun) {
    if (!all.stream().allMatch(DrillClient::isLive)) {
      checkThatTheyGetIn();
      return false;
    }
    onBegun.run();
    levelSince = System.nanoTime();
    endsAt = levelSince + time.toNanos();
    talk();
    repeat(this::endOnceAllAreBack);
    return true;
  }

  private void checkThatTheyGetIn() {
    boolean isHopeless = tally.live() == 0 && tally.failedAttempts() >= HOPELESS;
    if (isHopeless || System.nanoTime() > thereBy) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "%d of %d clients get in at %s: %s",
              tally.live(),
              clients,
              rooms.get(0),
              tally.lastFailure()));
    }
  }

  private boolean tick() {
    all.forEach(DrillClient::onTick);
    return false;
  }

  private void talk() {
    if (System.nanoTime() > endsAt) {
      return;
    }
    all.get(ThreadLocalRandom.current().nextInt(all.size())).publish();
    thread.schedule(this::talk, TimeUnit.SECONDS.toNanos(1) / rate, TimeUnit.NANOSECONDS);
  }

  private boolean endOnceAllAreBack() {
    long now = System.nanoTime();
    if (!all.stream().allMatch(client -> client.isLive() && client.isSettled())) {
      levelSince = now;
    }
    boolean isOver =
        now > endsAt
            && (now - endsAt > PATIENCE.toNanos()
                || now - levelSince > FOR_THE_REST.toNanos()
                || (levelSince != now && missing() == 0));
    if (isOver) {
      done.complete(report());
    }
    return isOver;
  }

  /** What was acknowledged in each room. */
  private Map<URI, Set<Long>> acknowledged() {
    Map<URI, Set<Long>> kept = new HashMap<>();
    for (DrillClient client : all) {
      kept.computeIfAbsent(client.room(), room -> new HashSet<>()).addAll(client.acknowledged());
    }
    return kept;
  }

  private long missing() {
    Map<URI, Set<Long>> kept = acknowledged();
    long missing = 0;
    for (DrillClient client : all) {
      missing +=
          kept.get(client.room()).stream().filter(seq -> !client.seen().contains(seq)).count();
    }
    return missing;
  }

  private DrillReport report() {
    return tally.report(
        clients,
        (int) all.stream().filter(client -> !client.isLive()).count(),
        acknowledged().values().stream().mapToLong(Set::size).sum(),
        all.stream().filter(client -> !client.isSettled()).count(),
        missing());
  }
}
