package io.durablechat.jetty;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.eclipse.jetty.server.Request;

/** Addresses of peers. Names are never looked up. */
final class Addresses {
  private Addresses() {}

  /** Where a request comes from. */
  static Optional<InetAddress> of(Request request) {
    return request.getConnectionMetaData().getRemoteSocketAddress()
            instanceof InetSocketAddress peer
        ? Optional.ofNullable(peer.getAddress())
        : Optional.empty();
  }

  /** The address that is written so, perhaps with a port; empty if it is none. */
  static Optional<InetAddress> literal(String text) {
    boolean isV4 = text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}(:[0-9]{1,5})?");
    boolean isV6 = text.matches("\\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*]?(:[0-9]{1,5})?");
    try {
      if (isV4) {
        return Optional.of(InetAddress.getByName(text.replaceFirst(":.*", "")));
      }
      return isV6
          ? Optional.of(InetAddress.getByName(text.replaceFirst("^\\[(.*)].*", "$1")))
          : Optional.empty();
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
