package io.durablechat.jetty;

import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** What a balancer or an operator asks: does the process run, and does it want clients. */
final class Health {
  private final BooleanSupplier canKeep;
  private volatile boolean ready;

  /**
   * @param canKeep whether messages can be kept
   */
  Health(BooleanSupplier canKeep) {
    this.canKeep = canKeep;
  }

  void setReady(boolean isReady) {
    ready = isReady;
  }

  Handler alive() {
    return new Answer() {
      @Override
      boolean isWell() {
        return true;
      }
    };
  }

  Handler ready() {
    return new Answer() {
      @Override
      boolean isWell() {
        return ready && canKeep.getAsBoolean();
      }
    };
  }

  private abstract static class Answer extends Handler.Abstract.NonBlocking {
    abstract boolean isWell();

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      boolean well = isWell();
      response.setStatus(well ? HttpStatus.OK_200 : HttpStatus.SERVICE_UNAVAILABLE_503);
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8");
      response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
      response.write(true, StandardCharsets.UTF_8.encode(well ? "ok\n" : "not ready\n"), callback);
      return true;
    }
  }
}
