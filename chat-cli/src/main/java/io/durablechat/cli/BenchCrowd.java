package io.durablechat.cli;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** All connections of a run. One thread runs it; any may close it. */
final class BenchCrowd implements AutoCloseable {
  private static final int HANDSHAKES_AT_A_TIME = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration SAY_AGAIN = Duration.ofSeconds(1);
  private static final Duration FAREWELL = Duration.ofSeconds(2);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final BenchPlan plan;
  private final HttpClient.Builder http;
  private final String run;
  private final BenchTrouble refusals = new BenchTrouble();
  private final BenchTrouble closes = new BenchTrouble();
  private final List<BenchReceiver> receivers;
  private final List<BenchClient> clients;
  private final ExecutorService threads;
  private int gatherings;

  /**
   * A crowd that is still to connect.
   *
   * @param http a client that believes the server's certificate
   * @param run the word that all messages of this run begin with
   */
  BenchCrowd(BenchPlan plan, HttpClient.Builder http, String run, BenchMeter meter) {
    this.plan = plan;
    this.http = http;
    this.run = run;
    receivers =
        IntStream.range(0, plan.conns())
            .mapToObj(i -> new BenchReceiver(run, i, tally(plan, i), meter))
            .toList();
    clients =
        receivers.stream()
            .map(receiver -> new BenchClient(plan.dialect(), receiver, refusals, closes))
            .toList();
    AtomicInteger number = new AtomicInteger();
    threads =
        Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(),
            task -> {
              Thread thread = new Thread(task, "chat-bench-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  private static BenchTally tally(BenchPlan plan, int connection) {
    return new BenchTally(plan.room(connection), plan.rooms(), plan.senders());
  }

  /**
   * Connects everybody.
   *
   * @throws IOException if somebody cannot be; after the first nobody else is tried
   */
  void connect(Progress progress) throws IOException, InterruptedException {
    HttpClient client = http.executor(threads).build();
    Semaphore handshakes = new Semaphore(HANDSHAKES_AT_A_TIME);
    BenchTrouble failures = new BenchTrouble();
    AtomicInteger connected = new AtomicInteger();
    int tried = 0;
    while (tried < plan.conns() && failures.count() == 0) {
      handshakes.acquire();
      int number = tried++;
      clients
          .get(number)
          .connect(client, plan.url(number))
          .whenComplete(
              (ok, e) -> {
                if (e == null) {
                  connected.incrementAndGet();
                } else {
                  failures.note(BenchReasons.of(e));
                }
                handshakes.release();
              });
      progress.at(connected.get());
    }
    handshakes.acquire(HANDSHAKES_AT_A_TIME);
    progress.at(connected.get());
    if (failures.first().isPresent()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%d of %d connections failed (%d not tried): %s",
              failures.count(),
              plan.conns(),
              plan.conns() - tried,
              failures.first().get()));
    }
  }

  /**
   * Says a word in each room until everybody there has heard it, since a handshake may be answered
   * before who asked is in the room. As messages have one order for all, what was sent before has
   * come then, too.
   *
   * @return whether everybody who is still connected has heard it
   */
  boolean gather() throws InterruptedException {
    String word = run + " all-here-" + ++gatherings;
    Map<Integer, CompletableFuture<WebSocket>> said = new HashMap<>();
    for (long waited = 0; waited < PATIENCE.toNanos(); waited += SAY_AGAIN.toNanos()) {
      IntStream.range(0, plan.rooms()).forEach(room -> say(word, room, said));
      if (await(SAY_AGAIN, () -> haveHeard(word))) {
        return true;
      }
    }
    return false;
  }

  /** Through the first of the room, unless the word is still being said. */
  private void say(String word, int room, Map<Integer, CompletableFuture<WebSocket>> said) {
    Optional<BenchClient> speaker =
        IntStream.iterate(room, i -> i < plan.conns(), i -> i + plan.rooms())
            .mapToObj(clients::get)
            .filter(BenchClient::isOpen)
            .findFirst();
    if (speaker.isPresent() && !(said.containsKey(room) && !said.get(room).isDone())) {
      said.put(room, speaker.get().publish(word));
    }
  }

  private boolean haveHeard(String word) {
    return IntStream.range(0, plan.conns())
        .allMatch(i -> !clients.get(i).isOpen() || receivers.get(i).hasHeard(word));
  }

  /** Waits until something is so, and returns whether it was in time. */
  static boolean await(Duration atMost, BooleanSupplier isSo) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!isSo.getAsBoolean()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (System.nanoTime() - deadline >= 0) {
        return false;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return true;
  }

  BenchClient client(int connection) {
    return clients.get(connection);
  }

  BenchReceiver receiver(int connection) {
    return receivers.get(connection);
  }

  boolean isAnybodyHere() {
    return clients.stream().anyMatch(BenchClient::isOpen);
  }

  /** What the server refused to publish. */
  BenchTrouble refusals() {
    return refusals;
  }

  /** Connections that the server closed, or that failed, since they were made. */
  BenchTrouble closes() {
    return closes;
  }

  @Override
  public void close() {
    CompletableFuture<?> left =
        CompletableFuture.allOf(
            clients.stream().map(BenchClient::leave).toArray(CompletableFuture<?>[]::new));
    try {
      left.get(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      Logging.debug("Not every connection was closed in time", e);
    }
    clients.forEach(BenchClient::abort);
    threads.shutdown();
  }
}
