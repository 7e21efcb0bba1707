package io.durablechat.jetty;

import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Errors as one line of text: what was wrong, and nothing of the inside. Also those of requests
 * that come to no handler, such as for a path that cannot be read.
 */
final class PlainErrors extends ErrorHandler {
  private final BiConsumer<Request, Response> sharing;

  /** Errors that no page of another origin gets to see. */
  PlainErrors() {
    sharing = (request, response) -> {};
  }

  /** Errors that pages get to see as they do answers. */
  PlainErrors(Origins origins) {
    sharing = origins::share;
  }

  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      String message,
      Throwable cause,
      Callback callback) {
    boolean ours = cause == null || cause instanceof HttpException;
    String line = (ours ? message : HttpStatus.getMessage(code)).replaceAll("\\p{Cntrl}", " ");
    sharing.accept(request, response);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8");
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    response.write(true, StandardCharsets.UTF_8.encode(line + "\n"), callback);
  }
}
