package io.durablechat.jetty;

import org.eclipse.jetty.server.Request;

/**
 * A request over plain HTTP.
 *
 * @param shown what its caller has shown to be known by
 */
record Asked(Request request, Credentials shown, Caller caller) {
  /** What its caller is charged. */
  Charges charges() {
    return caller.charges();
  }
}
