package io.durablechat.gateway.http;

import static java.util.Map.entry;

import java.util.Map;

/** The status codes of HTTP that are answered with here (RFC 9110, section 15, and RFC 6585). */
public final class Status {
  public static final int OK = 200;
  public static final int CREATED = 201;
  public static final int NO_CONTENT = 204;
  public static final int BAD_REQUEST = 400;
  static final int UNAUTHORIZED = 401;
  public static final int FORBIDDEN = 403;
  public static final int NOT_FOUND = 404;
  static final int METHOD_NOT_ALLOWED = 405;
  public static final int REQUEST_TIMEOUT = 408;
  static final int GONE = 410;
  static final int PAYLOAD_TOO_LARGE = 413;
  static final int UNSUPPORTED_MEDIA_TYPE = 415;
  static final int UNPROCESSABLE = 422;
  public static final int UPGRADE_REQUIRED = 426;
  public static final int TOO_MANY_REQUESTS = 429;
  static final int SERVICE_UNAVAILABLE = 503;

  private static final Map<Integer, String> TITLES =
      Map.ofEntries(
          entry(BAD_REQUEST, "Bad Request"),
          entry(UNAUTHORIZED, "Unauthorized"),
          entry(FORBIDDEN, "Forbidden"),
          entry(NOT_FOUND, "Not Found"),
          entry(METHOD_NOT_ALLOWED, "Method Not Allowed"),
          entry(REQUEST_TIMEOUT, "Request Timeout"),
          entry(GONE, "Gone"),
          entry(PAYLOAD_TOO_LARGE, "Payload Too Large"),
          entry(UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type"),
          entry(UNPROCESSABLE, "Unprocessable Entity"),
          entry(TOO_MANY_REQUESTS, "Too Many Requests"),
          entry(SERVICE_UNAVAILABLE, "Service Unavailable"));

  private Status() {}

  /** Returns what the code of a failure means, in a few words. */
  static String title(int status) {
    return TITLES.getOrDefault(status, "Error");
  }
}
