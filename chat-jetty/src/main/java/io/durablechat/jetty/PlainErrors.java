package io.durablechat.jetty;

import io.durablechat.gateway.http.Answer;
import io.durablechat.gateway.http.ApiRequest;
import io.durablechat.gateway.http.Origins;
import java.util.Map;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpException;
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
  private final Function<ApiRequest, Map<String, String>> sharing;

  /** Errors that no page of another origin gets to see. */
  PlainErrors() {
    sharing = request -> Map.of();
  }

  /** Errors that pages get to see as they do answers. */
  PlainErrors(Origins origins) {
    sharing = origins::sharing;
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
    Answer answer = Answer.line(code, ours ? message : HttpStatus.getMessage(code));
    JettyAnswer.write(answer.after(sharing.apply(new JettyRequest(request))), response, callback);
  }
}
