package io.durablechat.cli;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What happened in a drill. Used on the drill's thread alone. */
final class DrillTally {
  private static final int BUCKET_MILLIS = 100;

  private final long begun = System.nanoTime();
  private int live;
  private int lostWithBye;
  private int lostWithout;
  private int back;
  private int failedAttempts;
  private String lastFailure = "no answer";
  private int doubled;
  private int outOfOrder;
  private long shortestMillis = Long.MAX_VALUE;
  private long longestMillis;
  private final Map<String, Integer> resumes = new TreeMap<>();
  private final Map<String, Integer> refused = new TreeMap<>();

  /** Connections made again, by when. */
  private final Map<Long, Integer> reconnects = new TreeMap<>();

  void onLive() {
    live++;
  }

  /** How often somebody became level. */
  int live() {
    return live;
  }

  void onLost(boolean isTold) {
    if (isTold) {
      lostWithBye++;
    } else {
      lostWithout++;
    }
  }

  int lost() {
    return lostWithBye + lostWithout;
  }

  void onFailedAttempt(String why) {
    failedAttempts++;
    lastFailure = why;
  }

  int failedAttempts() {
    return failedAttempts;
  }

  /** Why the last attempt to get in failed. */
  String lastFailure() {
    return lastFailure;
  }

  /** A line is there again that was lost then. */
  void onReconnected(long lostAt) {
    long now = System.nanoTime();
    long millis = TimeUnit.NANOSECONDS.toMillis(now - lostAt);
    back++;
    shortestMillis = Math.min(shortestMillis, millis);
    longestMillis = Math.max(longestMillis, millis);
    reconnects.merge(TimeUnit.NANOSECONDS.toMillis(now - begun) / BUCKET_MILLIS, 1, Integer::sum);
  }

  void onResumed(String how, boolean wasLost) {
    if (wasLost) {
      resumes.merge(how, 1, Integer::sum);
    }
  }

  void onRefused(String code) {
    refused.merge(code, 1, Integer::sum);
  }

  void onDoubled() {
    doubled++;
  }

  void onOutOfOrder() {
    outOfOrder++;
  }

  DrillReport report(int clients, int away, long acknowledged, long unsettled, long missing) {
    return new DrillReport(
        clients,
        lostWithBye,
        lostWithout,
        away,
        back == 0 ? 0 : shortestMillis,
        longestMillis,
        failedAttempts,
        reconnects.values().stream().mapToInt(Integer::intValue).max().orElse(0),
        resumes,
        refused,
        acknowledged,
        unsettled,
        missing,
        doubled,
        outOfOrder);
  }
}
