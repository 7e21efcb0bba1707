package io.durablechat.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How long something took, in milliseconds. */
record BenchLatency(double p50, double p90, double p99, double p999, double max) {
  private static final double MICROS = TimeUnit.MILLISECONDS.toMicros(1);

  /** The figures of a histogram in microseconds. */
  static BenchLatency of(Histogram micros) {
    return new BenchLatency(
        micros.getValueAtPercentile(50) / MICROS,
        micros.getValueAtPercentile(90) / MICROS,
        micros.getValueAtPercentile(99) / MICROS,
        micros.getValueAtPercentile(99.9) / MICROS,
        micros.getMaxValue() / MICROS);
  }

  /** The figures by name, which says the unit. */
  Map<String, Double> named(String what) {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put(what + "_p50_ms", p50);
    figures.put(what + "_p90_ms", p90);
    figures.put(what + "_p99_ms", p99);
    figures.put(what + "_p99_9_ms", p999);
    figures.put(what + "_max_ms", max);
    return figures;
  }
}
