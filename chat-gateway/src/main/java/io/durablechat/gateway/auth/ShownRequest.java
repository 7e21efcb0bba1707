package io.durablechat.gateway.auth;

import java.net.InetAddress;
import java.security.Principal;
import java.util.List;
import java.util.Optional;

/** A request, and the token that it shows. */
public record ShownRequest(RequestDetails details, Source source, Optional<String> token)
    implements AuthRequest {
  @Override
  public Optional<Principal> principal() {
    return details.principal();
  }

  @Override
  public Optional<Object> attribute(String name) {
    return details.attribute(name);
  }

  @Override
  public Optional<Object> sessionAttribute(String name) {
    return details.sessionAttribute(name);
  }

  @Override
  public List<String> headers(String name) {
    return details.headers(name);
  }

  @Override
  public List<String> cookies(String name) {
    return Credentials.cookies(headers("Cookie"), name);
  }

  @Override
  public Optional<InetAddress> peer() {
    return details.peer();
  }

  /** Says where, and never what: it would come to be in a log. */
  @Override
  public String toString() {
    return "AuthRequest[" + source + "]";
  }
}
