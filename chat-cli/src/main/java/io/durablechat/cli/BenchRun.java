package io.durablechat.cli;

import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** One run: connect, warm up, measure, wait for what is still under way, check. */
final class BenchRun {
  private static final Duration DRAIN = Duration.ofSeconds(10);
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final int WORD_CHARS = 8;

  private final BenchPlan plan;
  private final String word = UUID.randomUUID().toString().substring(0, WORD_CHARS);
  private final BenchMeter meter = new BenchMeter();
  private final BenchCrowd crowd;

  BenchRun(BenchPlan plan, HttpClient.Builder http) {
    this.plan = plan;
    crowd = new BenchCrowd(plan, http, word, meter);
  }

  /**
   * Runs it, once. If the process is told to end meanwhile, the connections are closed.
   *
   * @throws IOException if it could not be measured, and why
   */
  BenchReport run() throws IOException, InterruptedException {
    Thread farewell = new Thread(crowd::close, "chat-bench-stop");
    Runtime.getRuntime().addShutdownHook(farewell);
    try (crowd) {
      long began = meter.now();
      try (Progress progress = Progress.of("Connecting", plan.conns())) {
        crowd.connect(progress);
      }
      long connecting = meter.now() - began;
      if (!crowd.gather()) {
        throw new IOException("not everybody in a room hears what is said in it");
      }
      return measure(connecting);
    } finally {
      forget(farewell);
    }
  }

  private static void forget(Thread farewell) {
    try {
      Runtime.getRuntime().removeShutdownHook(farewell);
    } catch (IllegalStateException e) {
      Logging.debug("The process is ending", e);
    }
  }

  private BenchReport measure(long connecting) throws InterruptedException {
    long start = meter.now();
    BenchLoop loop =
        plan.rate().isPresent()
            ? new BenchLoop.Open(meter, plan.rate().get(), plan.senders(), start)
            : new BenchLoop.Closed(meter, plan.window().orElseThrow());
    List<BenchSender> senders =
        IntStream.range(0, plan.senders()).mapToObj(i -> sender(i, loop)).toList();
    long from = start + plan.warmup().toNanos();
    long to = from + plan.duration().toNanos();
    meter.measure(from, plan.duration());
    Duration cpu;
    try (Progress progress = Progress.of("Measuring", TimeUnit.NANOSECONDS.toSeconds(to - start))) {
      run(loop, senders, start, start, from, progress);
      Duration before = cpu();
      run(loop, senders, start, from, to, progress);
      cpu = cpu().minus(before);
    }
    if (BenchCrowd.await(DRAIN, () -> hasEverythingCome(senders))) {
      // What came twice has come by then.
      crowd.gather();
    }
    return report(senders, connecting, cpu);
  }

  private BenchSender sender(int number, BenchLoop loop) {
    BenchSender sender =
        new BenchSender(
            crowd.client(number),
            sequence ->
                new BenchMessage(
                        plan.room(number), number, sequence, loop.intended(number, sequence))
                    .text(word, plan.size()));
    crowd.receiver(number).echoesTo(() -> loop.onEcho(sender));
    return sender;
  }

  private void run(
      BenchLoop loop, List<BenchSender> senders, long start, long from, long to, Progress progress)
      throws InterruptedException {
    for (long at = from; at < to && crowd.isAnybodyHere(); ) {
      at = Math.min(at + SLICE_NANOS, to);
      loop.runUntil(at, senders);
      progress.at(TimeUnit.NANOSECONDS.toSeconds(at - start));
    }
  }

  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private boolean hasEverythingCome(List<BenchSender> senders) {
    long[] sent = new long[plan.rooms()];
    for (int i = 0; i < plan.senders(); i++) {
      sent[plan.room(i)] += senders.get(i).sent();
    }
    return senders.stream().allMatch(sender -> sender.unsent() == 0)
        && IntStream.range(0, plan.conns())
            .allMatch(
                i ->
                    !crowd.client(i).isOpen()
                        || crowd.receiver(i).tally().received() >= sent[plan.room(i)]);
  }

  private BenchReport report(List<BenchSender> senders, long connecting, Duration cpu) {
    int[] sent = IntStream.range(0, plan.senders()).map(i -> sent(senders.get(i), i)).toArray();
    BenchCounts counts =
        IntStream.range(0, plan.conns())
            .mapToObj(i -> counts(i, sent))
            .reduce(BenchCounts.NONE, BenchCounts::plus);
    return new BenchReport(
        plan,
        Duration.ofNanos(connecting),
        IntStream.of(sent).asLongStream().sum(),
        counts,
        meter.echoed(),
        meter.delivered(),
        BenchLatency.of(meter.echoes()),
        BenchLatency.of(meter.deliveries()),
        senders.stream().mapToLong(BenchSender::unsent).sum(),
        crowd.refusals(),
        crowd.closes(),
        cpu,
        Runtime.getRuntime().availableProcessors());
  }

  /**
   * Of what was written to a connection that was then closed, nobody knows what was read. What one
   * has received, others must have, too.
   */
  private int sent(BenchSender sender, int number) {
    return crowd.client(number).isOpen()
        ? sender.sent()
        : IntStream.iterate(plan.room(number), i -> i < plan.conns(), i -> i + plan.rooms())
            .map(i -> crowd.receiver(i).tally().known(number))
            .max()
            .orElse(0);
  }

  /** A connection that was closed would have gone on elsewhere: it has missed nothing. */
  private BenchCounts counts(int connection, int[] sent) {
    BenchCounts counts = crowd.receiver(connection).tally().counts(sent);
    return crowd.client(connection).isOpen() ? counts : counts.withoutMissing();
  }
}
