package io.durablechat.jetty;

/**
 * A request over plain HTTP.
 *
 * @param shown what its caller has shown to be known by
 */
record Asked(ApiRequest request, Credentials shown, Caller caller) {
  /** What its caller is charged. */
  Charges charges() {
    return caller.charges();
  }
}
