package io.durablechat.jetty;

import jakarta.servlet.FilterRegistration;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;

/** The filters of an application. */
final class ServletFilters {
  private ServletFilters() {}

  /** Returns the names of those that a request passes on its way to this servlet. */
  static List<String> before(HttpServletRequest request, String servlet) {
    String info = request.getPathInfo();
    String path = request.getServletPath() + (info == null ? "" : info);
    return request.getServletContext().getFilterRegistrations().values().stream()
        .filter(filter -> !isContainers(filter))
        .filter(
            filter ->
                filter.getServletNameMappings().contains(servlet)
                    || filter.getUrlPatternMappings().stream().anyMatch(p -> matches(p, path)))
        .map(FilterRegistration::getName)
        .sorted()
        .toList();
  }

  /** Those of the container's own WebSockets. */
  private static boolean isContainers(FilterRegistration filter) {
    String type = String.valueOf(filter.getClassName());
    return type.startsWith("org.apache.tomcat.") || type.startsWith("org.eclipse.jetty.");
  }

  /** Servlet 6.0, section 12.2. */
  private static boolean matches(String pattern, String path) {
    if (pattern.endsWith("/*")) {
      String prefix = pattern.substring(0, pattern.length() - 2);
      return path.equals(prefix) || path.startsWith(prefix + "/");
    }
    return pattern.startsWith("*.") ? path.endsWith(pattern.substring(1)) : pattern.equals(path);
  }
}
