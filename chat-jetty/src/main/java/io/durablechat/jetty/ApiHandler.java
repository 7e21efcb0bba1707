package io.durablechat.jetty;

import io.durablechat.gateway.http.Answer;
import io.durablechat.gateway.http.RoomApi;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** A {@link RoomApi} as a handler of Jetty's; requests for other paths go on. */
final class ApiHandler extends Handler.Wrapper {
  private final RoomApi api;

  ApiHandler(RoomApi api) {
    this.api = api;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Optional<CompletionStage<Answer>> answer = api.handle(new JettyRequest(request));
    if (answer.isEmpty()) {
      return super.handle(request, response, callback);
    }
    JettyAnswer.write(answer.get(), response, callback);
    return true;
  }
}
