package io.durablechat.gateway.limits;

import java.util.Locale;

/** What is limited, and to how much unless something else is asked for. */
public enum Limit {
  /** Messages that one session publishes. */
  PUBLISHES_PER_SESSION("20/s burst 200"),
  /** Messages that all sessions and requests of one identity publish. */
  PUBLISHES_PER_IDENTITY("40/s burst 400"),
  /** Messages published from one address. */
  PUBLISHES_PER_ADDRESS("200/s burst 2000"),
  /** What one session asks for besides publishing, by {@linkplain Work#weight() weight}. */
  REQUESTS_PER_SESSION("20/s burst 200"),
  /** What all sessions and requests over HTTP of one identity ask for, likewise. */
  REQUESTS_PER_IDENTITY("40/s burst 400"),
  /** What all sessions and requests over HTTP of one address ask for, likewise. */
  REQUESTS_PER_ADDRESS("200/s burst 2000"),
  /** Sessions and streams of events that are begun from one address. */
  JOINS_PER_ADDRESS("20/s burst 500"),
  /** Rooms that are asleep, or never were, and are named from one address. */
  ROOMS_PER_ADDRESS("2/s burst 200"),
  /** Sessions and streams of events that one address has at a time. */
  SESSIONS_PER_ADDRESS("1000"),
  /** All sessions and streams of events. */
  SESSIONS("100000");

  private final String standard;

  Limit(String standard) {
    this.standard = standard;
  }

  /** How it is called in a file of limits, such as {@code joins-per-address}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The value it has unless another is given, as a file would have it. */
  public String standard() {
    return standard;
  }

  /** Whether a session alone can be over it. */
  public boolean isOfSession() {
    return this == PUBLISHES_PER_SESSION || this == REQUESTS_PER_SESSION;
  }

  /** Whether it is of so many in a time, and not of so many at a time. */
  boolean isRate() {
    return this != SESSIONS && this != SESSIONS_PER_ADDRESS;
  }
}
