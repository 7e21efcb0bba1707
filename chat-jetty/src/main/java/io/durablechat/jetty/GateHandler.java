package io.durablechat.jetty;

import io.durablechat.gateway.http.HandshakeGate;
import io.durablechat.gateway.http.Status;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A {@link HandshakeGate} as a handler of Jetty's. It stands ahead of the servlet context, since
 * the Jakarta API cannot refuse with a status of choice and servlet filters do not see handshakes.
 */
final class GateHandler extends Handler.Wrapper {
  /** The request's attribute that holds the place, if one was taken. */
  static final String PLACE = RoomEndpoint.PLACE;

  private final HandshakeGate gate;

  GateHandler(HandshakeGate gate) {
    this.gate = gate;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Optional<CompletionStage<HandshakeGate.Decision>> asked =
        gate.decide(new JettyRequest(request));
    if (asked.isEmpty()) {
      return super.handle(request, response, callback);
    }
    CompletableFuture<HandshakeGate.Decision> decision = asked.get().toCompletableFuture();
    if (decision.isDone()) {
      return proceed(decision.join(), request, response, callback);
    }
    decision.whenComplete((decided, e) -> proceedLater(decided, e, request, response, callback));
    return true;
  }

  private boolean proceed(
      HandshakeGate.Decision decided, Request request, Response response, Callback callback)
      throws Exception {
    if (decided.refusal().isPresent()) {
      JettyAnswer.write(decided.refusal().get(), response, callback);
      return true;
    }
    decided.place().ifPresent(place -> request.setAttribute(PLACE, place));
    return super.handle(request, response, callback);
  }

  private void proceedLater(
      HandshakeGate.Decision decided,
      Throwable failure,
      Request request,
      Response response,
      Callback callback) {
    try {
      if (failure != null) {
        throw failure;
      }
      if (!proceed(decided, request, response, callback)) {
        Response.writeError(request, response, callback, Status.NOT_FOUND);
      }
    } catch (Throwable e) {
      Response.writeError(request, response, callback, e);
    }
  }
}
