package io.durablechat.cli;

import java.io.PrintWriter;
import java.util.Locale;

/** A report as somebody reads it. */
final class BenchTable {
  private final BenchReport report;
  private final PrintWriter out;

  BenchTable(BenchReport report, PrintWriter out) {
    this.report = report;
    this.out = out;
  }

  void print() {
    BenchPlan plan = report.plan();
    line(
        "%,d connections in %,d rooms, %,d senders, %s, %,d bytes",
        plan.conns(), plan.rooms(), plan.senders(), plan.dialect().label, plan.size());
    line(
        "%s, %d s after %d s of warm-up",
        plan.rate()
            .map(rate -> String.format(Locale.ROOT, "open loop, %,d messages/s", rate))
            .orElseGet(
                () ->
                    String.format(
                        Locale.ROOT, "closed loop, %,d messages a sender", plan.window().get())),
        plan.duration().toSeconds(),
        plan.warmup().toSeconds());
    line("");
    line("%-12s%10s%10s%10s%10s%10s", "ms", "p50", "p90", "p99", "p99.9", "max");
    latency("echo", report.echo());
    latency("delivery", report.delivery());
    line("");
    line("%-12s%,10.0f /s", "messages", report.messagesPerSecond());
    line("%-12s%,10.0f /s", "deliveries", report.deliveriesPerSecond());
    line("%-12s%,10.0f /s", "connects", report.connectsPerSecond());
    line(
        "%-12s%,10.1f s, %.0f %% of the %d cores here",
        "client CPU", report.cpu().toMillis() / 1000.0, report.clientCpuPercent(), report.cores());
    line("");
    findings();
  }

  private void latency(String what, BenchLatency ms) {
    line(
        "%-12s%10.2f%10.2f%10.2f%10.2f%10.2f",
        what, ms.p50(), ms.p90(), ms.p99(), ms.p999(), ms.max());
  }

  private void findings() {
    BenchCounts counts = report.counts();
    String what = "%,d messages sent, %,d deliveries checked: ";
    if (counts.isSound()) {
      line(
          what
              + (report.closes().count() == 0
                  ? "all came, once, in order"
                  : "nothing wrong with what came, nothing missing where connections held"),
          report.messages(),
          counts.deliveries());
    } else {
      line(
          what + "WRONG: %,d missing, %,d duplicated, %,d out of order, %,d in the wrong room",
          report.messages(),
          counts.deliveries(),
          counts.missing(),
          counts.duplicated(),
          counts.outOfOrder(),
          counts.wrongRoom());
    }
    if (report.unsent() > 0) {
      line("%,d messages were due, but the server took no more", report.unsent());
    }
    trouble(
        "%,d messages were refused, and count as missing, the first with: %s", report.refusals());
    trouble("%,d connections were closed, the first with: %s", report.closes());
    if (report.isClientTheLimit()) {
      line("this client was the limit: it used nearly all of its cores, so the server can do more");
    }
  }

  private void trouble(String format, BenchTrouble trouble) {
    trouble.first().ifPresent(reason -> line(format, trouble.count(), reason));
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more dependency
  private void line(String format, Object... figures) {
    out.println(String.format(Locale.ROOT, format, figures));
  }
}
