package io.durablechat.jetty;

import io.durablechat.gateway.http.Answer;
import io.durablechat.gateway.http.AnswerStream;
import io.durablechat.gateway.http.HeaderList;
import io.durablechat.gateway.limits.Refusals;
import io.durablechat.gateway.transport.Completion;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes answers as responses of a servlet. */
final class ServletAnswer {
  private static final Logger LOG = LoggerFactory.getLogger(ServletAnswer.class);
  private static final String CONNECTION = "Connection";
  private static final String VARY = "Vary";

  private ServletAnswer() {}

  /** Writes an answer once it is there, to an exchange whose answer may take long. */
  static void write(CompletionStage<Answer> answer, ServletExchange exchange) {
    answer.whenComplete(
        (given, e) -> {
          // A request that fails without an answer would stay for good.
          try {
            if (e != null) {
              throw Refusals.cause(e);
            }
            write(given, exchange);
          } catch (Throwable fault) {
            if (given != null) {
              abort(given, fault);
            }
            onFault(fault, exchange);
          }
        });
  }

  private static void onFault(Throwable fault, ServletExchange exchange) {
    if (exchange.hasEnded()) {
      LOG.debug("A request has ended before it was answered", fault);
      return;
    }
    LOG.error("A request could not be answered", fault);
    exchange
        .response()
        .filter(response -> !response.isCommitted())
        .ifPresent(response -> response.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR));
    exchange.complete();
  }

  /** Writes an answer to an exchange whose answer may take long. */
  static void write(Answer answer, ServletExchange exchange) throws IOException {
    exchange.onEnd(answer.onEnd());
    Optional<HttpServletResponse> open = exchange.response();
    if (open.isEmpty()) {
      abort(answer, new IOException("the client has gone before it was answered"));
      return;
    }
    HttpServletResponse response = open.get();
    putHead(answer, exchange, response);
    if (answer.body() instanceof Answer.Bytes body && !exchange.isMethod("HEAD")) {
      ServletByteSink sink = ServletByteSink.to(response.getOutputStream(), exchange);
      sink.write(body.bytes(), Completion.of(exchange::complete));
    } else if (answer.body() instanceof AnswerStream stream) {
      stream.begin(ServletByteSink.to(response.getOutputStream(), exchange));
    } else {
      exchange.complete();
    }
  }

  /** What is written piece by piece has to be told that it will not be. */
  private static void abort(Answer answer, Throwable cause) {
    if (answer.body() instanceof AnswerStream stream) {
      stream.fail(cause);
    }
  }

  /** Writes a short answer while the container's thread waits. */
  static void writeNow(Answer answer, ServletExchange exchange, HttpServletResponse response)
      throws IOException {
    exchange.onEnd(answer.onEnd());
    putHead(answer, exchange, response);
    if (answer.body() instanceof Answer.Bytes body && !exchange.isMethod("HEAD")) {
      byte[] bytes = new byte[body.bytes().remaining()];
      body.bytes().get(bytes);
      response.getOutputStream().write(bytes);
    }
    exchange.end();
  }

  private static void putHead(
      Answer answer, ServletExchange exchange, HttpServletResponse response) {
    response.setStatus(answer.status());
    answer
        .headers()
        .forEach(
            (name, value) -> {
              if (!name.equals(VARY)) {
                response.setHeader(name, value);
              } else if (!HeaderList.contains(response.getHeaders(VARY).stream().toList(), value)) {
                response.addHeader(name, value);
              }
            });
    if (answer.isLast() && exchange.isHttp1()) {
      String others = response.getHeader(CONNECTION);
      response.setHeader(CONNECTION, others == null ? "close" : others + ",close");
    }
    if (answer.body() instanceof Answer.Bytes body) {
      response.setContentLength(body.bytes().remaining());
    }
  }
}
