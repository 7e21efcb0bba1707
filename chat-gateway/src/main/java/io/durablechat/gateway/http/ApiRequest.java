package io.durablechat.gateway.http;

import io.durablechat.gateway.BadRequestException;
import io.durablechat.gateway.auth.RequestDetails;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * A request over HTTP, whatever server it came by. Its methods return at once, and may be called
 * from any thread until the answer has ended.
 */
public interface ApiRequest extends RequestDetails {
  /** Returns the method as it was written. */
  String method();

  /** Returns the protocol and its version, such as {@code HTTP/1.1}. */
  String protocol();

  /** Returns the path that this application is at; empty at the root. */
  String contextPath();

  /**
   * Returns the path within the application: without {@code ..} and parameters, and decoded but for
   * delimiters.
   */
  String path();

  /** Returns the whole path as it was written. */
  String rawPath();

  /**
   * Returns the parameters in the query.
   *
   * @throws UnreadableRequestException if they cannot be decoded
   */
  Parameters parameters();

  /** Returns whether a trusted proxy has handed the request on. */
  boolean isBehindProxy();

  /** Returns the name or address that the server was asked by; empty if it is not known. */
  String serverName();

  /** Returns the port that the server was asked by; not positive if it is not known. */
  int serverPort();

  /** Returns the length of the body in bytes as it was announced; negative if it was not. */
  long contentLength();

  /** Returns the body. */
  BodySource body();

  /** Returns where to do what takes a while, or is to be done later. */
  Executor executor();

  /** Runs this once the answer has ended, however it did. */
  void onEnd(Runnable task);

  /** Lets the connection rest for so long before it is taken for dead; zero is for ever. */
  void allowIdle(Duration time);

  /** Returns whether the method is this one. */
  default boolean isMethod(String name) {
    return name.equals(method());
  }

  /**
   * Returns the value of a header that there may be one of; empty if it is not there.
   *
   * @throws BadRequestException if it says two things
   */
  default Optional<String> single(String name) {
    List<String> values = headers(name).stream().distinct().toList();
    if (values.size() > 1) {
      throw new BadRequestException(name + " is given twice");
    }
    return values.stream().findFirst();
  }

  /**
   * Refuses other methods; where GET may be used, HEAD may too.
   *
   * @throws Problem if the method is none of these
   */
  default void allowMethods(String... methods) {
    List<String> allowed = List.of(methods);
    if (!allowed.contains(isMethod("HEAD") ? "GET" : method())) {
      throw Problem.of(
              Status.METHOD_NOT_ALLOWED,
              "method_not_allowed",
              "here you can " + String.join(" and ", methods))
          .with("Allow", String.join(", ", methods));
    }
  }
}
