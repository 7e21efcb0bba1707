package io.durablechat.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/**
 * What became of a drill.
 *
 * @param lostWithBye lines lost after the server had said when to come back
 * @param lostWithout lines lost without a word
 * @param away clients that were not back in the end
 * @param firstBackMillis after how long the first one was connected again
 * @param lastBackMillis after how long the last one was
 * @param failedAttempts connections that did not come about
 * @param peakIn100Millis the most connections made again within 100 ms
 * @param resumes how sessions went on
 * @param refused what was refused, by code
 * @param acknowledged messages that were said to be kept
 * @param unsettled messages that were neither in the end
 * @param missing how often a client was not given a message that was said to be kept
 * @param doubled how often one was given twice
 * @param outOfOrder how often one came after a later one
 */
record DrillReport(
    int clients,
    int lostWithBye,
    int lostWithout,
    int away,
    long firstBackMillis,
    long lastBackMillis,
    int failedAttempts,
    int peakIn100Millis,
    Map<String, Integer> resumes,
    Map<String, Integer> refused,
    long acknowledged,
    long unsettled,
    long missing,
    int doubled,
    int outOfOrder) {

  /** Whether a restart was seen at all. */
  boolean isDrill() {
    return lostWithBye + lostWithout > 0;
  }

  /** Whether all are back, with everything, once and in order. */
  boolean isSound() {
    return away == 0 && unsettled == 0 && missing == 0 && doubled == 0 && outOfOrder == 0;
  }

  void print(PrintWriter out) {
    if (!isDrill()) {
      out.println("No line was lost: nobody has restarted the server meanwhile.");
    }
    out.printf(
        Locale.ROOT,
        "clients      %d, of which %d were told to come back, %d were cut off, %d are not back%n",
        clients,
        lostWithBye,
        lostWithout,
        away);
    out.printf(
        Locale.ROOT,
        "back         %d to %d ms after they were lost, at most %d in 100 ms; %d attempts failed%n",
        firstBackMillis,
        lastBackMillis,
        peakIn100Millis,
        failedAttempts);
    out.printf(Locale.ROOT, "resumed      %s%n", resumes.isEmpty() ? "none" : resumes);
    out.printf(
        Locale.ROOT,
        "messages     %d acknowledged, %d unsettled%s%n",
        acknowledged,
        unsettled,
        refused.isEmpty() ? "" : ", refused " + refused);
    out.printf(
        Locale.ROOT,
        "lost         %d, doubled %d, out of order %d%n",
        missing,
        doubled,
        outOfOrder);
  }
}
