package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import io.durablechat.core.RefusedException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Why a request was not done, as problem details (RFC 9457): a status, a code as in {@code
 * chat.v1}, and one line.
 */
final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final long MILLIS = 1000;

  /** Whoever goes on over a limit is answered later: the next request waits for the answer. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final int status;
  private final String code;
  private final transient Optional<Duration> retryAfter;

  private final boolean isOverLimit;

  private Problem(int status, String code, String detail, Optional<Duration> retryAfter) {
    this(status, code, detail, retryAfter, false);
  }

  private Problem(
      int status, String code, String detail, Optional<Duration> retryAfter, boolean isOverLimit) {
    // An answer, not a fault: nobody looks at its stack.
    super(detail, null, false, false);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
    this.isOverLimit = isOverLimit;
  }

  static Problem of(int status, String code, String detail) {
    return new Problem(status, code, detail, Optional.empty());
  }

  /** More than is let through. */
  static Problem of(Throttle.Refusal over) {
    return new Problem(
        over.status(), "rate_limited", over.reason(), Optional.of(over.retryAfter()), true);
  }

  static Problem badRequest(String detail) {
    return of(HttpStatus.BAD_REQUEST_400, "bad_request", detail);
  }

  /** What a refusal is over HTTP; whatever else it is, is our fault and not told. */
  static Problem of(Throwable failure) {
    Throwable cause = Refusals.cause(failure);
    if (cause instanceof Problem problem) {
      return problem;
    }
    if (cause instanceof BadRequestException || cause instanceof IllegalArgumentException) {
      return badRequest(cause.getMessage());
    }
    if (cause instanceof NotAuthenticatedException) {
      return of(HttpStatus.UNAUTHORIZED_401, "unauthorized", cause.getMessage());
    }
    RefusedException refusal = Refusals.of(cause);
    return new Problem(
        status(refusal.reason()),
        refusal.reason().name().toLowerCase(Locale.ROOT),
        refusal.getMessage(),
        refusal.retryAfter());
  }

  private static int status(RefusedException.Reason reason) {
    return switch (reason) {
      // An id that was used for something else: draft-ietf-httpapi-idempotency-key-header, 2.7.
      case CONFLICT -> HttpStatus.UNPROCESSABLE_ENTITY_422;
      case FORBIDDEN, BANNED, MUTED, LOCKED -> HttpStatus.FORBIDDEN_403;
      case SLOW_MODE -> HttpStatus.TOO_MANY_REQUESTS_429;
      case NOT_FOUND -> HttpStatus.NOT_FOUND_404;
      case TOO_LARGE -> HttpStatus.PAYLOAD_TOO_LARGE_413;
      case OVERLOADED, STORAGE, CLOSED -> HttpStatus.SERVICE_UNAVAILABLE_503;
    };
  }

  static void putRetryAfter(Response response, Duration time) {
    response.getHeaders().put(HttpHeader.RETRY_AFTER, (time.toMillis() + MILLIS - 1) / MILLIS);
  }

  /** Does this a little later, on a thread that may write. */
  static void afterPause(Request request, Runnable answer) {
    request
        .getComponents()
        .getScheduler()
        .schedule(
            () -> request.getContext().execute(answer), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  void write(Response response, Callback callback) {
    if (isOverLimit) {
      afterPause(response.getRequest(), () -> writeNow(response, callback));
    } else {
      writeNow(response, callback);
    }
  }

  private void writeNow(Response response, Callback callback) {
    // A body that nobody has read would be taken for the next request: then the connection ends,
    // which the client has to know, or it sends its next request into it.
    if (!response.getRequest().consumeAvailable()) {
      response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
    }
    JsonObject o = new JsonObject();
    o.addProperty("title", HttpStatus.getMessage(status));
    o.addProperty("status", status);
    o.addProperty("code", code);
    o.addProperty("detail", getMessage());
    retryAfter.ifPresent(
        time -> {
          o.addProperty("retryAfter", time.toMillis());
          putRetryAfter(response, time);
        });
    if (status == HttpStatus.UNAUTHORIZED_401) {
      response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Guest, Bearer");
    }
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    response.write(true, UTF_8.encode(o + "\n"), callback);
  }
}
