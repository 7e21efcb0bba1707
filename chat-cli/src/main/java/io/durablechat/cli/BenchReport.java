package io.durablechat.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a run found.
 *
 * @param connecting how long it took until all could publish
 * @param messages how many were sent, warm-up included
 * @param echoed how many came back to their senders in the measured time
 * @param delivered how many deliveries there were in it
 * @param unsent how many messages were due, but could not be written
 * @param cpu what this process used in the measured time, of so many cores
 */
record BenchReport(
    BenchPlan plan,
    Duration connecting,
    long messages,
    BenchCounts counts,
    long echoed,
    long delivered,
    BenchLatency echo,
    BenchLatency delivery,
    long unsent,
    BenchTrouble refusals,
    BenchTrouble closes,
    Duration cpu,
    int cores) {
  private static final double CLIENT_IS_THE_LIMIT = 90;
  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final double THOUSAND = 1000;

  /** Whether everything came, once, in order, where it belongs, and nothing else was in the way. */
  boolean isSound() {
    return counts.isSound() && unsent == 0 && refusals.count() == 0 && closes.count() == 0;
  }

  double connectsPerSecond() {
    return plan.conns() / seconds(connecting);
  }

  double messagesPerSecond() {
    return echoed / seconds(plan.duration());
  }

  double deliveriesPerSecond() {
    return delivered / seconds(plan.duration());
  }

  /** How much of the cores it had this process used. */
  double clientCpuPercent() {
    return 100 * seconds(cpu) / seconds(plan.duration()) / cores;
  }

  boolean isClientTheLimit() {
    return clientCpuPercent() > CLIENT_IS_THE_LIMIT;
  }

  /** All of it by name, for one JSON object. */
  Map<String, Object> named() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("dialect", plan.dialect().label);
    all.put("loop", plan.rate().isPresent() ? "open" : "closed");
    plan.rate().ifPresent(rate -> all.put("rate_messages_per_second", rate));
    plan.window().ifPresent(window -> all.put("window_messages", window));
    all.put("connections", plan.conns());
    all.put("rooms", plan.rooms());
    all.put("senders", plan.senders());
    all.put("size_bytes", plan.size());
    all.put("warmup_seconds", plan.warmup().toSeconds());
    all.put("duration_seconds", plan.duration().toSeconds());
    all.put("connects_per_second", rounded(connectsPerSecond()));
    all.put("messages_per_second", rounded(messagesPerSecond()));
    all.put("deliveries_per_second", rounded(deliveriesPerSecond()));
    all.putAll(echo.named("echo"));
    all.putAll(delivery.named("delivery"));
    all.put("client_cpu_seconds", rounded(seconds(cpu)));
    all.put("client_cpu_percent", rounded(clientCpuPercent()));
    all.put("client_cores", cores);
    all.put("client_is_the_limit", isClientTheLimit());
    all.put("messages", messages);
    all.put("deliveries", counts.deliveries());
    all.put("missing", counts.missing());
    all.put("duplicated", counts.duplicated());
    all.put("out_of_order", counts.outOfOrder());
    all.put("wrong_room", counts.wrongRoom());
    all.put("unsent", unsent);
    all.put("refused", refusals.count());
    refusals.first().ifPresent(reason -> all.put("first_refusal", reason));
    all.put("closed_by_server", closes.count());
    closes.first().ifPresent(reason -> all.put("first_close", reason));
    all.put("sound", isSound());
    return all;
  }

  private static double seconds(Duration time) {
    return time.toNanos() / SECOND;
  }

  private static double rounded(double figure) {
    return Math.round(figure * THOUSAND) / THOUSAND;
  }
}
