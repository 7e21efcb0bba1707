package io.durablechat.gateway.http;

import io.durablechat.gateway.Caller;
import io.durablechat.gateway.limits.Charges;

/** A request over plain HTTP, and whose it is. */
public record Asked(ApiRequest request, Caller caller) {
  /** What its caller is charged. */
  Charges charges() {
    return caller.charges();
  }
}
