package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer to a request over HTTP. Whoever writes it leaves out the body for HEAD, and says how
 * long it is. It is written once.
 *
 * @param headers in the order in which they are written
 * @param isLast whether the connection is closed after it
 * @param onEnd run once it was written, or could not be
 */
record Answer(int status, Map<String, String> headers, Body body, boolean isLast, Runnable onEnd) {
  private static final String CONTENT_TYPE = "Content-Type";
  private static final String CACHE_CONTROL = "Cache-Control";

  /** The header that keeps browsers from taking an answer for something else. */
  private static final String NO_SNIFF = "X-Content-Type-Options";

  private static final Map<String, String> EVENTS =
      headers(
          CONTENT_TYPE,
          "text/event-stream",
          CACHE_CONTROL,
          "no-store",
          NO_SNIFF,
          "nosniff",
          // Proxies that gather what they pass on would hold messages back.
          "X-Accel-Buffering",
          "no");

  /** What follows the headers. */
  sealed interface Body permits Nothing, Bytes, AnswerStream {}

  /** No body. */
  record Nothing() implements Body {}

  /** A body that is there as a whole. */
  record Bytes(ByteBuffer bytes) implements Body {}

  /** An answer without a body. */
  static Answer of(int status, Map<String, String> headers) {
    return new Answer(status, headers, new Nothing(), false, () -> {});
  }

  /** An answer in JSON. */
  static Answer json(int status, JsonObject object) {
    return json(status, encoded(object));
  }

  /** The same, with what {@link #encoded} has returned. */
  static Answer json(int status, ByteBuffer json) {
    return of(status, "application/json", json);
  }

  /** An answer in text. */
  static Answer text(int status, String text) {
    return of(status, "text/plain;charset=utf-8", UTF_8.encode(text));
  }

  /** An answer of this media type, which is not to be kept. */
  static Answer of(int status, String type, ByteBuffer content) {
    return of(status, headers(CONTENT_TYPE, type, CACHE_CONTROL, "no-store", NO_SNIFF, "nosniff"))
        .with(new Bytes(content));
  }

  /** A failure, as one line of text. */
  static Answer line(int status, String line) {
    return of(
            status,
            headers(
                CACHE_CONTROL,
                "must-revalidate,no-cache,no-store",
                CONTENT_TYPE,
                "text/plain;charset=utf-8",
                NO_SNIFF,
                "nosniff"))
        .with(new Bytes(UTF_8.encode(line.replaceAll("\\p{Cntrl}", " ") + "\n")));
  }

  /** An answer that is a stream of events, or would be. */
  static Answer events(Body stream) {
    return of(Status.OK, EVENTS).with(stream);
  }

  /** Returns JSON as it is written. */
  static ByteBuffer encoded(JsonObject object) {
    return UTF_8.encode(object + "\n");
  }

  /** Returns names and values as headers, in this order. */
  static Map<String, String> headers(String... namesAndValues) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return Collections.unmodifiableMap(headers);
  }

  private Answer with(Body newBody) {
    return new Answer(status, headers, newBody, isLast, onEnd);
  }

  /** Returns the same with these headers ahead of the others. */
  Answer after(Map<String, String> first) {
    if (first.isEmpty()) {
      return this;
    }
    Map<String, String> all = new LinkedHashMap<>(first);
    all.putAll(headers);
    return new Answer(status, Collections.unmodifiableMap(all), body, isLast, onEnd);
  }

  /** Returns the same, after which the connection is closed. */
  Answer closing() {
    return new Answer(status, headers, body, true, onEnd);
  }

  /** Returns the same, and runs this once it was written or could not be, too. */
  Answer ending(Runnable task) {
    return new Answer(
        status,
        headers,
        body,
        isLast,
        () -> {
          onEnd.run();
          task.run();
        });
  }
}
