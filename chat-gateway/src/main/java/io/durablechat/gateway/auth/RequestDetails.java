package io.durablechat.gateway.auth;

import java.net.InetAddress;
import java.security.Principal;
import java.util.List;
import java.util.Optional;

/** The part of a request that tells whose it is. */
public interface RequestDetails {
  /** Returns the values of a header, a line each, whatever the case of its name. */
  List<String> headers(String name);

  /** Returns the address of the client; empty if it is not known. */
  Optional<InetAddress> peer();

  /** Returns the user that the container or a filter knows the request by. */
  Optional<Principal> principal();

  /** Returns an attribute of the request. */
  Optional<Object> attribute(String name);

  /** Returns an attribute of the session that the request belongs to. It begins no session. */
  Optional<Object> sessionAttribute(String name);

  /** Returns a request that is over, of which only the address is known. */
  static RequestDetails over(Optional<InetAddress> peer) {
    return new Over(peer);
  }

  /** A request that is over. */
  record Over(Optional<InetAddress> peer) implements RequestDetails {
    @Override
    public List<String> headers(String name) {
      return List.of();
    }

    @Override
    public Optional<Principal> principal() {
      return Optional.empty();
    }

    @Override
    public Optional<Object> attribute(String name) {
      return Optional.empty();
    }

    @Override
    public Optional<Object> sessionAttribute(String name) {
      return Optional.empty();
    }
  }
}
