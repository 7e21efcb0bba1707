package io.durablechat.gateway.limits;

import io.durablechat.core.CloseReason;
import io.durablechat.core.Draft;
import io.durablechat.core.Joined;
import io.durablechat.core.Member;
import io.durablechat.core.Receipt;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * What is counted, timed and watched, for who asks for it. Without a registry nothing is counted or
 * timed. Safe for use by several threads; nothing here blocks.
 */
public final class Meters {
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final Optional<MeterRegistry> registry;
  private final LongSupplier nanos;
  private final Trace trace = new Trace();
  private final LongAdder behind = new LongAdder();
  private final Optional<Timer> kept;
  private final Optional<Timer> delivered;

  public Meters(Optional<MeterRegistry> registry, LongSupplier nanos) {
    this.registry = registry;
    this.nanos = nanos;
    this.kept = timer("chat.commit", "From the arrival of a message until it was kept");
    this.delivered =
        timer("chat.delivery", "From when messages were kept until a session's socket took them");
  }

  private Optional<Timer> timer(String name, String description) {
    return registry.map(
        r ->
            Timer.builder(name)
                .description(description)
                .publishPercentileHistogram()
                .minimumExpectedValue(SHORTEST)
                .maximumExpectedValue(LONGEST)
                .register(r));
  }

  /** What is told how long deliveries took, in nanoseconds, if somebody asks for it. */
  public Optional<LongConsumer> deliveries() {
    return delivered.map(timer -> took -> timer.record(took, TimeUnit.NANOSECONDS));
  }

  /** Has these looked at whenever somebody asks. */
  public void watch(IntSupplier sessions, RoomDirectory rooms, Pools pools) {
    registry.ifPresent(
        r -> {
          Gauge.builder("chat.sessions", sessions::getAsInt)
              .description("Open WebSockets and streams of events")
              .register(r);
          Gauge.builder("chat.sessions.behind", behind, LongAdder::sum)
              .description("Sessions that are behind their rooms by more than a page")
              .register(r);
          Gauge.builder("chat.rooms", rooms, d -> d.awake().size())
              .description("Rooms that are awake")
              .register(r);
          Gauge.builder("chat.http.held", pools.requests(), HeldBytes::held)
              .description("What HTTP requests and pages of history hold in memory")
              .baseUnit("bytes")
              .register(r);
          Gauge.builder("chat.messages.begun", pools.begun(), HeldBytes::held)
              .description("What messages hold in memory that come in several frames")
              .baseUnit("bytes")
              .register(r);
          Gauge.builder("chat.messages.waiting", pools.drafts(), HeldBytes::held)
              .description("What messages hold in memory that wait to be kept")
              .baseUnit("bytes")
              .register(r);
          Gauge.builder("chat.messages.unsent", pools.unsent(), HeldBytes::held)
              .description("What is held in memory for peers that have not taken it")
              .baseUnit("bytes")
              .register(r);
        });
  }

  /** Has the end of a certificate be looked at whenever somebody asks. */
  public void watchCertificate(DoubleSupplier end) {
    registry.ifPresent(
        r ->
            Gauge.builder("chat.certificate.expiry", end::getAsDouble)
                .description("When the certificate expires, in seconds since 1970")
                .baseUnit("seconds")
                .register(r));
  }

  /** What is told of each session, while somebody watches. */
  public Trace trace() {
    return trace;
  }

  /** When something begins, for {@link #onSettled}. */
  public long start() {
    return registry.isPresent() ? nanos.getAsLong() : 0;
  }

  /** What was published is kept, or refused. */
  public void onSettled(
      long startedAt,
      RoomName room,
      Member author,
      Draft draft,
      Receipt receipt,
      Throwable failure) {
    trace.onSettled(room, author, draft.body().size(), receipt, failure);
    if (registry.isEmpty()) {
      return;
    }
    if (failure == null) {
      kept.orElseThrow().record(nanos.getAsLong() - startedAt, TimeUnit.NANOSECONDS);
      published(receipt.duplicate() ? "duplicate" : "kept").increment();
    } else {
      published(
              Refusals.cause(failure) instanceof RefusedException refusal
                  ? word(refusal.reason())
                  : "fault")
          .increment();
    }
  }

  private Counter published(String outcome) {
    return Counter.builder("chat.published")
        .description("Messages that somebody published, by what became of them")
        .tag("outcome", outcome)
        .register(registry.orElseThrow());
  }

  /** A session has begun. */
  public void onJoined(String dialect, Joined.Resume resume) {
    registry.ifPresent(
        r ->
            Counter.builder("chat.joined")
                .description("Sessions that have begun, by how they went on from a cursor")
                .tag("dialect", dialect)
                .tag("resume", word(resume))
                .register(r)
                .increment());
  }

  /** Something was over a limit. */
  void onLimited(Limit limit) {
    registry.ifPresent(
        r ->
            Counter.builder("chat.limited")
                .description("What was not let through, by the limit it was over")
                .tag("limit", limit.key())
                .register(r)
                .increment());
  }

  /** The server ends a session. */
  public void onClosed(CloseReason reason) {
    registry.ifPresent(
        r ->
            Counter.builder("chat.closed")
                .description("Sessions that the server has ended, by close code")
                .tag("code", "" + reason.code())
                .register(r)
                .increment());
  }

  /** One session more, or less, has been told that it is behind. */
  public void countBehind(int difference) {
    behind.add(difference);
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
