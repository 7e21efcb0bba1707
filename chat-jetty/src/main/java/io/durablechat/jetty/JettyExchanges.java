package io.durablechat.jetty;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.eclipse.jetty.server.Request;

/**
 * What is below a servlet's requests where they are Jetty's, of whichever Jakarta EE. Apart from
 * its users, so that an application in another container can do without Jetty's.
 */
final class JettyExchanges {
  private JettyExchanges() {}

  /** Closes the connection that a request has come by, with whatever is being written to it. */
  static void close(HttpServletRequest request) {
    core(request)
        .ifPresent(core -> core.getConnectionMetaData().getConnection().getEndPoint().close());
  }

  /** Each Jakarta EE has classes of its own, which differ in their package alone. */
  private static Optional<Request> core(HttpServletRequest request) {
    Class<?> context = request.getServletContext().getClass();
    try {
      return Optional.of(
          (Request)
              Class.forName(
                      context.getPackageName() + ".ServletContextRequest",
                      true,
                      context.getClassLoader())
                  .getMethod("getServletContextRequest", ServletRequest.class)
                  .invoke(null, request));
    } catch (ReflectiveOperationException e) {
      return Optional.empty();
    }
  }
}
