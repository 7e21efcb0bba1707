package io.durablechat.jetty;

import io.durablechat.gateway.http.Answer;
import io.durablechat.gateway.http.AnswerStream;
import io.durablechat.gateway.limits.Refusals;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes answers as responses of Jetty's. */
final class JettyAnswer {
  private static final Logger LOG = LoggerFactory.getLogger(JettyAnswer.class);

  private JettyAnswer() {}

  /** Writes an answer once it is there, on the thread that completes it. */
  static void write(CompletionStage<Answer> answer, Response response, Callback callback) {
    answer.whenComplete(
        (given, e) -> {
          // A request that fails without an answer would stay for good.
          try {
            if (e != null) {
              throw Refusals.cause(e);
            }
            write(given, response, callback);
          } catch (Throwable fault) {
            LOG.error("A request could not be answered", fault);
            if (given != null && given.body() instanceof AnswerStream stream) {
              stream.fail(fault);
            }
            callback.failed(fault);
          }
        });
  }

  /** Writes an answer. */
  static void write(Answer answer, Response response, Callback callback) {
    response.setStatus(answer.status());
    putHeaders(answer, response.getHeaders());
    Callback done = Callback.from(callback, answer.onEnd());
    if (answer.body() instanceof Answer.Bytes body) {
      response.write(true, body.bytes(), done);
    } else if (answer.body() instanceof AnswerStream stream) {
      stream.begin(new JettyByteSink(response, done));
    } else {
      done.succeeded();
    }
  }

  /** Puts an answer's headers. */
  static void putHeaders(Answer answer, HttpFields.Mutable headers) {
    answer
        .headers()
        .forEach(
            (name, value) -> {
              if (HttpHeader.VARY.is(name)) {
                headers.ensureField(new HttpField(HttpHeader.VARY, value));
              } else {
                headers.put(name, value);
              }
            });
    if (answer.isLast()) {
      String others = headers.get(HttpHeader.CONNECTION);
      String close = HttpHeaderValue.CLOSE.asString();
      headers.put(HttpHeader.CONNECTION, others == null ? close : others + "," + close);
    }
  }
}
