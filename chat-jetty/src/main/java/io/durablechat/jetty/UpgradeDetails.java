package io.durablechat.jetty;

import io.durablechat.gateway.Addresses;
import io.durablechat.gateway.auth.RequestDetails;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import jakarta.websocket.server.HandshakeRequest;
import java.net.InetAddress;
import java.security.Principal;
import java.util.List;
import java.util.Optional;

/**
 * The details of a handshake that comes by the Jakarta API.
 *
 * @param upgrade as the container sees it, behind the filters that stand ahead of its own
 * @param request as it came; empty where it cannot be seen
 */
record UpgradeDetails(HandshakeRequest upgrade, Optional<? extends HttpServletRequest> request)
    implements RequestDetails {
  @Override
  public List<String> headers(String name) {
    return upgrade.getHeaders().getOrDefault(name, List.of());
  }

  @Override
  public Optional<InetAddress> peer() {
    return request.flatMap(r -> Addresses.literal(r.getRemoteAddr()));
  }

  @Override
  public Optional<Principal> principal() {
    return Optional.ofNullable(upgrade.getUserPrincipal());
  }

  @Override
  public Optional<Object> attribute(String name) {
    return request.map(r -> r.getAttribute(name));
  }

  @Override
  public Optional<Object> sessionAttribute(String name) {
    try {
      return upgrade.getHttpSession() instanceof HttpSession session
          ? Optional.ofNullable(session.getAttribute(name))
          : Optional.empty();
    } catch (IllegalStateException e) {
      // It has just ended.
      return Optional.empty();
    }
  }
}
