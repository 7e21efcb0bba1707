package io.durablechat.gateway.http;

import com.google.gson.JsonObject;
import io.durablechat.core.RefusedException;
import io.durablechat.gateway.BadRequestException;
import io.durablechat.gateway.auth.NotAuthenticatedException;
import io.durablechat.gateway.limits.Refusals;
import io.durablechat.gateway.limits.Throttle;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Why a request was not done, as problem details (RFC 9457): a status, a code as in {@code
 * chat.v1}, and one line.
 */
public final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final long MILLIS = 1000;

  /** Whoever goes on over a limit is answered later: the next request waits for the answer. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final int status;
  private final String code;
  private final transient Optional<Duration> retryAfter;

  private final boolean isOverLimit;

  /** Headers beside those of every problem. */
  private final transient Map<String, String> own;

  private Problem(int status, String code, String detail, Optional<Duration> retryAfter) {
    this(status, code, detail, retryAfter, false);
  }

  private Problem(
      int status,
      String code,
      String detail,
      Optional<Duration> retryAfter,
      boolean isOverLimit,
      String... own) {
    // An answer, not a fault: nobody looks at its stack.
    super(detail, null, false, false);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
    this.isOverLimit = isOverLimit;
    this.own = Answer.headers(own);
  }

  public static Problem of(int status, String code, String detail) {
    return new Problem(status, code, detail, Optional.empty());
  }

  /** More than is let through. */
  public static Problem of(Throttle.Refusal over) {
    return new Problem(
        over.status(), "rate_limited", over.reason(), Optional.of(over.retryAfter()), true);
  }

  static Problem badRequest(String detail) {
    return of(Status.BAD_REQUEST, "bad_request", detail);
  }

  /** What a refusal is over HTTP; whatever else it is, is our fault and not told. */
  public static Problem of(Throwable failure) {
    Throwable cause = Refusals.cause(failure);
    if (cause instanceof Problem problem) {
      return problem;
    }
    if (cause instanceof UnreadableRequestException) {
      return badRequest("the request cannot be read");
    }
    if (cause instanceof BadRequestException || cause instanceof IllegalArgumentException) {
      return badRequest(cause.getMessage());
    }
    if (cause instanceof NotAuthenticatedException) {
      return of(Status.UNAUTHORIZED, "unauthorized", cause.getMessage());
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
      case CONFLICT -> Status.UNPROCESSABLE;
      case FORBIDDEN, BANNED, MUTED, LOCKED -> Status.FORBIDDEN;
      case SLOW_MODE -> Status.TOO_MANY_REQUESTS;
      case NOT_FOUND -> Status.NOT_FOUND;
      case TOO_LARGE -> Status.PAYLOAD_TOO_LARGE;
      case OVERLOADED, STORAGE, CLOSED -> Status.SERVICE_UNAVAILABLE;
    };
  }

  /** Returns the header that says when to try again. */
  static Map<String, String> retryAfter(Duration time) {
    return Answer.headers("Retry-After", "" + (time.toMillis() + MILLIS - 1) / MILLIS);
  }

  /** Returns an executor that does everything a little later than this one. */
  static Executor afterPause(Executor executor) {
    return CompletableFuture.delayedExecutor(PAUSE.toMillis(), TimeUnit.MILLISECONDS, executor);
  }

  /** Returns the same with this header. */
  Problem with(String name, String value) {
    return new Problem(status, code, getMessage(), retryAfter, isOverLimit, name, value);
  }

  /**
   * Returns what this gives, or a problem in place of a failure that is an answer; it fails with
   * any other. A request that is over a limit is answered after a pause.
   */
  public static CompletionStage<Answer> orElse(
      ApiRequest request, Supplier<CompletionStage<Answer>> task) {
    CompletionStage<Answer> answer;
    try {
      answer = task.get();
    } catch (Throwable e) {
      return instead(request, e);
    }
    return answer.exceptionallyCompose(e -> instead(request, Refusals.cause(e)));
  }

  private static CompletionStage<Answer> instead(ApiRequest request, Throwable failure) {
    if (!isAnswer(failure)) {
      return CompletableFuture.failedFuture(failure);
    }
    Problem problem = of(failure);
    if (!problem.isOverLimit) {
      return CompletableFuture.completedFuture(problem.answer(request));
    }
    return CompletableFuture.supplyAsync(
        () -> problem.answer(request), afterPause(request.executor()));
  }

  private static boolean isAnswer(Throwable e) {
    return e instanceof Problem
        || e instanceof BadRequestException
        || e instanceof IllegalArgumentException
        || e instanceof NotAuthenticatedException
        || e instanceof RefusedException;
  }

  /** Returns the answer, which is to be written now. */
  public Answer answer(ApiRequest request) {
    JsonObject o = new JsonObject();
    o.addProperty("title", Status.title(status));
    o.addProperty("status", status);
    o.addProperty("code", code);
    o.addProperty("detail", getMessage());
    retryAfter.ifPresent(time -> o.addProperty("retryAfter", time.toMillis()));
    Answer answer =
        Answer.of(status, "application/problem+json", Answer.encoded(o)).after(headers());
    // A body that nobody has read would be taken for the next request: then the connection ends,
    // which the client has to know, or it sends its next request into it.
    return request.body().discard() ? answer : answer.closing();
  }

  private Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>(own);
    retryAfter.ifPresent(time -> headers.putAll(retryAfter(time)));
    if (status == Status.UNAUTHORIZED) {
      headers.put("WWW-Authenticate", "Guest, Bearer");
    }
    return headers;
  }
}
