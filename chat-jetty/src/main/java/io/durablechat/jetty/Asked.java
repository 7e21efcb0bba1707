package io.durablechat.jetty;

/** A request over plain HTTP, and whose it is. */
record Asked(ApiRequest request, Caller caller) {
  /** What its caller is charged. */
  Charges charges() {
    return caller.charges();
  }
}
