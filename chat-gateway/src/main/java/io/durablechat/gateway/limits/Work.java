package io.durablechat.gateway.limits;

/**
 * What a client may have the server do beside publishing, with its weight: how much of a limit on
 * requests it uses up. One unit is about 25 microseconds of a processor, so that a limit means the
 * same whatever is asked for.
 */
public enum Work {
  /** What has no effect beyond its answer: a ping, an empty line, a small fragment. */
  TRIFLE(1),
  /** Who types. */
  TYPING(1),
  /** A line that cannot be read: parsed for nothing, and answered. */
  UNREADABLE(2),
  /** Who comes, before it is known what they show. */
  HELLO(2),
  /** A page of history; what it holds is charged once that is known. */
  HISTORY(2),
  /** A ruling, or an attempt at one. */
  MODERATE(2),
  /** A name, which is checked and told to all. */
  RENAME(4),
  /** A token, whose signature is checked. */
  AUTH(8),
  /** A request over HTTP. */
  REQUEST(1);

  /** So many bytes that are read or written in vain, or for one client alone, are a unit. */
  static final int BYTES_A_UNIT = 32 << 10;

  private final int weight;

  Work(int weight) {
    this.weight = weight;
  }

  /** In units. */
  int weight() {
    return weight;
  }

  /** What so many bytes weigh beside it, in units. */
  static long ofBytes(long bytes) {
    return bytes / BYTES_A_UNIT;
  }
}
