package io.durablechat.gateway.auth;

import java.net.InetAddress;
import java.security.Principal;
import java.util.List;
import java.util.Optional;

/**
 * A question to an {@link Authenticator}: a handshake or another request over HTTP, and the token
 * that it shows, if any. A token in {@code hello} or {@code auth} comes alone: of its handshake
 * only the address is known by then.
 *
 * <p>It is valid until {@link Authenticator#authenticate} returns. What is needed later has to be
 * taken from it before.
 */
public interface AuthRequest {
  /** A place where a token may be shown. */
  enum Source {
    /** In {@code hello}, or later in {@code auth}. */
    HELLO,
    /** In {@code Authorization: Bearer}, or in {@code Chat-Authorization}. */
    AUTHORIZATION,
    /** In the cookie that {@code EndpointSettings.cookie} names. */
    COOKIE,
    /** Nowhere: there is no token, but the request may tell as much. */
    REQUEST
  }

  /** Returns where the token was shown. */
  Source source();

  /** Returns the token, at most 16 KiB, perhaps garbage; empty if none was shown. */
  Optional<String> token();

  /** Returns the user that the container or a filter knows the request by. */
  Optional<Principal> principal();

  /** Returns an attribute of the request, such as a filter sets it. */
  Optional<Object> attribute(String name);

  /** Returns an attribute of the session that the request belongs to. It begins no session. */
  Optional<Object> sessionAttribute(String name);

  /** Returns the values of a header, a line each, whatever the case of its name. */
  List<String> headers(String name);

  /** Returns the values of the cookies of this name; a browser may send up to four that count. */
  List<String> cookies(String name);

  /** Returns the address of the client; empty if it is not known. */
  Optional<InetAddress> peer();
}
