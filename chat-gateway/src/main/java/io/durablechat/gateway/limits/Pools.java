package io.durablechat.gateway.limits;

/**
 * The memory that clients together may hold, by what it is for, each bounded by a part of the heap:
 * together eleven sixteenths.
 *
 * @param requests bodies of requests that have come, and pages of history on their way out
 * @param begun messages that have begun to come in several frames
 * @param drafts messages that wait to be kept, until they are answered
 * @param unsent what peers have not taken of what they are sent
 */
public record Pools(HeldBytes requests, HeldBytes begun, HeldBytes drafts, HeldBytes unsent) {
  /** More is of no use: a log that has so much before it is not slow but stuck. */
  private static final long MOST_DRAFTS = 64 << 20;

  /** Pools for a server that has this process to itself. */
  public static Pools ofHeap() {
    return of(Runtime.getRuntime().maxMemory());
  }

  /** Pools for a heap of so many bytes. */
  public static Pools of(long heap) {
    return new Pools(
        HeldBytes.of(heap / 8),
        HeldBytes.of(heap / 4),
        HeldBytes.of(Math.min(heap / 16, MOST_DRAFTS)),
        HeldBytes.of(heap / 4));
  }

  /** How much is held now, in bytes. */
  public long held() {
    return requests.held() + begun.held() + drafts.held() + unsent.held();
  }
}
