package io.durablechat.cli;

import io.durablechat.wire.Command;
import io.durablechat.wire.Event;
import io.durablechat.wire.Protocol;
import io.durablechat.wire.Welcome;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Whether a session of {@code chat.v1} comes through to a server, and stays. */
final class LineChecks {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  private LineChecks() {}

  /** Says hello there, and waits for so long whether the line is cut; what a proxy may do. */
  static Finding line(URI room, Duration quiet, HttpClient http) throws InterruptedException {
    Ear ear = new Ear();
    try {
      WebSocket socket =
          http.newWebSocketBuilder()
              .subprotocols(Protocol.SUBPROTOCOL)
              .connectTimeout(CONNECT)
              .buildAsync(room, ear)
              .get(CONNECT.toMillis(), TimeUnit.MILLISECONDS);
      socket.sendText(Command.Hello.anonymous().toJson(), true).join();
      ear.welcome.get(CONNECT.toMillis(), TimeUnit.MILLISECONDS);
      return afterQuiet(room, quiet, ear, socket);
    } catch (ExecutionException | CompletionException e) {
      return Finding.fail("line", String.format(Locale.ROOT, "%s: %s", room, reason(e.getCause())));
    } catch (TimeoutException e) {
      return Finding.fail(
          "line",
          String.format(Locale.ROOT, "%s: no answer within %d s", room, CONNECT.toSeconds()));
    }
  }

  private static Finding afterQuiet(URI room, Duration quiet, Ear ear, WebSocket socket)
      throws InterruptedException {
    try {
      String why = ear.closed.get(quiet.toMillis(), TimeUnit.MILLISECONDS);
      return Finding.fail(
          "line",
          String.format(
              Locale.ROOT,
              "%s: cut while it was quiet (%s): what stands between must leave it open for 75 s",
              room,
              why));
    } catch (ExecutionException e) {
      return Finding.fail("line", String.format(Locale.ROOT, "%s: %s", room, reason(e.getCause())));
    } catch (TimeoutException e) {
      socket.abort();
      return Finding.ok(
          "line",
          String.format(Locale.ROOT, "%s: a session, open for %d s", room, quiet.toSeconds()));
    }
  }

  /** Why a handshake failed, in a few words. */
  static String reason(Throwable failure) {
    if (failure instanceof WebSocketHandshakeException handshake) {
      int status = handshake.getResponse().statusCode();
      return "answers a WebSocket handshake with " + status + ": " + meaning(status);
    }
    if (failure instanceof ConnectException) {
      return "nothing answers there";
    }
    return BenchReasons.ofLine(failure)
        .orElseGet(
            () ->
                failure instanceof IOException && failure.getMessage() != null
                    ? failure.getMessage()
                    : "it cannot be reached");
  }

  private static String meaning(int status) {
    return switch (status) {
      case 403 -> "the server is not known by this name, see --allow-origin and --trusted-proxy";
      case 429, 503 -> "that is over its limits, see --limits";
      default -> "a proxy must pass on Upgrade and Connection";
    };
  }

  private static final class Ear implements WebSocket.Listener {
    private final CompletableFuture<Void> welcome = new CompletableFuture<>();
    private final CompletableFuture<String> closed = new CompletableFuture<>();
    private final StringBuilder frame = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      frame.append(text);
      if (last) {
        if (frame.toString().lines().map(Event::parse).anyMatch(Welcome.class::isInstance)) {
          welcome.complete(null);
        }
        frame.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      onClosed("closed with " + code + " " + reason);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      onClosed(String.valueOf(error.getMessage()));
    }

    private void onClosed(String why) {
      closed.complete(why);
      welcome.completeExceptionally(
          new IOException(
              String.format(
                  Locale.ROOT,
                  "no session is let in (%s); where rules say so, name a room that is open, such as %s",
                  why,
                  "ws://localhost:8787/room/general/websocket")));
    }
  }
}
