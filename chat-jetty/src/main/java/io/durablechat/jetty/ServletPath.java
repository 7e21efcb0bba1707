package io.durablechat.jetty;

import io.durablechat.gateway.http.ApiRequest;
import io.durablechat.gateway.http.RoomList;
import io.durablechat.gateway.http.RoomPath;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.MappingMatch;
import java.util.Locale;

/**
 * The path of a request to a servlet, split where the rooms begin: at what the servlet is mapped
 * to, or, where it is mapped to the rooms' own {@code /room/*} and {@code /rooms}, above them.
 *
 * @param base the path up to there, as it is written in links
 * @param path the path from there on, encoded as {@link ApiRequest#path} is
 * @param raw the whole path as it was written
 */
record ServletPath(String base, String path, String raw) {
  private static final String ROOM = RoomPath.ROOMS.substring(0, RoomPath.ROOMS.length() - 1);

  /** What stands for bytes that are no text. */
  private static final char UNREADABLE = '\uFFFD';

  private static final String UNREADABLE_WRITTEN = "%EF%BF%BD";

  /** Returns the path of this request. */
  static ServletPath of(HttpServletRequest request) {
    String raw = request.getRequestURI();
    String servlet = request.getServletPath();
    String info = request.getPathInfo() == null ? "" : request.getPathInfo();
    MappingMatch match = request.getHttpServletMapping().getMappingMatch();
    String base = servlet;
    if (match == MappingMatch.DEFAULT) {
      base = "";
      info = servlet;
    } else if (servlet.endsWith(ROOM) && !info.isEmpty()) {
      base = servlet.substring(0, servlet.length() - ROOM.length());
      info = ROOM + info;
    } else if (match == MappingMatch.EXACT && servlet.endsWith(RoomList.PATH)) {
      base = servlet.substring(0, servlet.length() - RoomList.PATH.length());
      info = RoomList.PATH;
    }
    boolean isUnreadable =
        info.indexOf(UNREADABLE) >= 0
            && raw.indexOf(UNREADABLE) < 0
            && !raw.toUpperCase(Locale.ROOT).contains(UNREADABLE_WRITTEN);
    return new ServletPath(
        request.getContextPath() + RoomPath.encoded(base),
        // Containers have decoded it, and it is decoded once more.
        isUnreadable ? "" : info.replace("%", "%25"),
        raw);
  }
}
