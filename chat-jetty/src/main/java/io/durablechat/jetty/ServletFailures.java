package io.durablechat.jetty;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/** Failures of connections, as the container of a request has them. */
final class ServletFailures {
  /** What Tomcat takes for a client's doing, and does not log as a fault of the servlet. */
  private static final String TOMCATS = "org.apache.catalina.connector.ClientAbortException";

  private ServletFailures() {}

  /** Returns a failure after which the container of this request closes its connection. */
  static IOException of(HttpServletRequest request, Throwable cause) {
    ServletContext context = request.getServletContext();
    try {
      return Class.forName(TOMCATS, false, context.getClass().getClassLoader())
          .asSubclass(IOException.class)
          .getConstructor(Throwable.class)
          .newInstance(cause);
    } catch (ReflectiveOperationException e) {
      return new IOException(cause);
    }
  }
}
