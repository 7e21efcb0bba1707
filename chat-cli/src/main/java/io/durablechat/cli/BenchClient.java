package io.durablechat.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One connection. Its listener is called by one thread at a time; whoever publishes waits for one
 * write to complete before the next.
 */
final class BenchClient implements WebSocket.Listener {
  /** How long a handshake may take, and again the answer to hello. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final BenchDialect dialect;
  private final Consumer<String> onMessage;
  private final BenchTrouble refusals;
  private final BenchTrouble closes;
  private final StringBuilder parts = new StringBuilder();
  private final CompletableFuture<Void> live = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private volatile WebSocket socket;
  private volatile boolean isLeaving;

  /**
   * A client that is still to connect.
   *
   * @param onMessage is told of every message, by one thread at a time
   * @param refusals where messages are noted that the server refuses
   * @param closes where it is noted if the server closes the connection
   */
  BenchClient(
      BenchDialect dialect,
      Consumer<String> onMessage,
      BenchTrouble refusals,
      BenchTrouble closes) {
    this.dialect = dialect;
    this.onMessage = onMessage;
    this.refusals = refusals;
    this.closes = closes;
  }

  /** Connects, and completes when it may publish. */
  CompletableFuture<?> connect(HttpClient http, URI room) {
    WebSocket.Builder handshake = http.newWebSocketBuilder().connectTimeout(PATIENCE);
    dialect.hello.ifPresent(hello -> handshake.subprotocols(dialect.label));
    return handshake.buildAsync(room, this).thenCompose(this::hello);
  }

  private CompletionStage<?> hello(WebSocket opened) {
    if (dialect.hello.isEmpty()) {
      return CompletableFuture.completedStage(opened);
    }
    if (!opened.getSubprotocol().equals(dialect.label)) {
      opened.abort();
      return CompletableFuture.failedStage(
          new IOException("the server does not speak " + dialect.label));
    }
    return opened
        .sendText(dialect.hello.get(), true)
        .thenCombine(live.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS), (sent, l) -> sent)
        .exceptionallyCompose(
            e ->
                CompletableFuture.failedStage(
                    e.getCause() instanceof TimeoutException
                        ? new IOException("the server does not answer hello")
                        : e));
  }

  /** Publishes a text. The one before must have been written. */
  CompletableFuture<WebSocket> publish(String text) {
    return socket.sendText(dialect.publish(text), true);
  }

  boolean isOpen() {
    return socket != null && !closed.isDone();
  }

  /** Says goodbye, and completes when the server has, too. */
  CompletableFuture<Void> leave() {
    isLeaving = true;
    if (isOpen()) {
      socket
          .sendClose(WebSocket.NORMAL_CLOSURE, "")
          .exceptionally(
              e -> {
                abort();
                return null;
              });
    } else {
      closed.complete(null);
    }
    return closed;
  }

  /** Ends the connection without a word. */
  void abort() {
    isLeaving = true;
    if (socket != null) {
      socket.abort();
    }
    closed.complete(null);
  }

  @Override
  public void onOpen(WebSocket opened) {
    socket = opened;
    opened.request(1);
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    parts.append(data);
    if (last) {
      String frame = parts.toString();
      parts.setLength(0);
      try {
        dialect.read(frame, this::onSaid);
      } catch (IOException | RuntimeException e) {
        from.abort();
        onClosed("it sent what is not " + dialect.label + ": " + e.getMessage());
        return null;
      }
    }
    from.request(1);
    return null;
  }

  private void onSaid(BenchDialect.Said said) {
    switch (said.type()) {
      case "message" -> onMessage.accept(said.text());
      case "live" -> live.complete(null);
      case "error" -> refusals.note(said.text());
      default -> {
        // welcome, behind, pong: nothing to be done; bye is followed by the close.
      }
    }
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    onClosed(code + (reason.isEmpty() ? "" : " " + reason));
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    onClosed(BenchReasons.of(error));
  }

  private void onClosed(String reason) {
    if (!isLeaving && !closed.isDone()) {
      closes.note(reason);
    }
    live.completeExceptionally(new IOException("the server closed the connection: " + reason));
    closed.complete(null);
  }
}
