package io.durablechat.gateway.http;

import io.durablechat.gateway.Caller;
import io.durablechat.gateway.Credentials;
import io.durablechat.gateway.limits.Charges;

/**
 * A request over plain HTTP.
 *
 * @param shown what its caller has shown to be known by
 */
public record Asked(ApiRequest request, Credentials shown, Caller caller) {
  /** What its caller is charged. */
  Charges charges() {
    return caller.charges();
  }
}
