package io.durablechat.jetty;

import io.durablechat.core.Body;
import io.durablechat.core.CloseReason;
import io.durablechat.core.Cursor;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.core.Start;
import io.durablechat.gateway.Access;
import io.durablechat.gateway.Connection;
import io.durablechat.gateway.Conversation;
import io.durablechat.gateway.Dialect;
import io.durablechat.gateway.Reception;
import io.durablechat.gateway.auth.RequestDetails;
import io.durablechat.gateway.auth.Shown;
import io.durablechat.gateway.http.HandshakeGate;
import io.durablechat.gateway.http.Origins;
import io.durablechat.gateway.transport.Completion;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.websocket.core.WebSocketCoreSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Jakarta endpoint of one WebSocket. Public because Jakarta asks for it; made by {@link
 * ChatEndpoint} alone, after {@link HandshakeGate} has let the handshake pass.
 *
 * <p>Jakarta reads on as soon as a message was handled. Where reading should wait, the thread that
 * reads does; few may at a time, and none for long: beyond that the connection is overloaded.
 */
public final class RoomEndpoint extends Endpoint {
  private static final Logger LOG = LoggerFactory.getLogger(RoomEndpoint.class);

  private static final String JETTY = "org.eclipse.jetty.ee11.";

  /** Threads of the container that may wait for rooms at a time. */
  private static final Semaphore WAITING = new Semaphore(50);

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int SLICES = 20;

  /** Why the WebSocket is not wanted, among the properties of its handshake. */
  private static final String REFUSAL = RoomEndpoint.class.getName() + ".refusal";

  /** Where the handshake comes from, among them as well. */
  private static final String FROM = RoomEndpoint.class.getName() + ".from";

  /** What it shows of who is behind it. */
  private static final String SHOWN = RoomEndpoint.class.getName() + ".shown";

  /** Where the room's log ended before the handshake is answered, among them as well. */
  static final String PLACE = RoomEndpoint.class.getName() + ".place";

  private final Reception reception;

  /** The path below which its room is. */
  private final String rooms;

  private final AtomicBoolean isGone = new AtomicBoolean();
  private Connection connection;

  /** Told of each message, where the socket cannot be looked at. */
  private Runnable onHeard = () -> {};

  /** What its handshake asked for; null once it is open, or if its session is to tell. */
  private Reception.Wish asked;

  private Runnable onOpened = () -> {};

  RoomEndpoint(Reception reception, String rooms) {
    this.reception = reception;
    this.rooms = rooms;
  }

  /**
   * An endpoint for what a handshake has asked for.
   *
   * @param onOpened run once, when its WebSocket is open
   */
  RoomEndpoint(Reception reception, Reception.Wish asked, Runnable onOpened) {
    this(reception, asked.dialect().rooms());
    this.asked = asked;
    this.onOpened = onOpened;
  }

  /** Returns the path of WebSockets to the rooms below this one, as a URI template. */
  static String path(String rooms) {
    // Of the gate, which other containers do without, only constants.
    return rooms + "{" + HandshakeGate.ROOM + "}/" + HandshakeGate.LAST_SEGMENT;
  }

  @Override
  public void onOpen(Session session, EndpointConfig config) {
    HandshakeRequest.forget(config.getUserProperties());
    onOpened.run();
    onOpened = () -> {};
    Reception.Wish wish;
    try {
      if (config.getUserProperties().get(REFUSAL) instanceof String refusal) {
        throw new IllegalArgumentException(refusal);
      }
      wish = asked == null ? wish(session, config) : asked;
    } catch (IllegalArgumentException e) {
      // In a container where no gate stands ahead.
      new RemoteSink(session, ForkJoinPool.commonPool())
          .close(CloseReason.policy(e.getMessage()), Completion.of(() -> {}));
      return;
    }
    asked = null;
    session.setMaxBinaryMessageBufferSize(reception.maxBinary());
    session.setMaxTextMessageBufferSize(reception.maxText(wish));
    // The container's own idle timeout may count bytes either way, so that our pings would hide a
    // dead peer.
    session.setMaxIdleTimeout(0);
    connection =
        isOfJetty(session) ? onJetty(wish, JettySessions.core(session)) : elsewhere(wish, session);
    session.addMessageHandler(
        String.class, (MessageHandler.Whole<String>) text -> onMessage(Body.text(text)));
    session.addMessageHandler(
        ByteBuffer.class, (MessageHandler.Whole<ByteBuffer>) data -> onMessage(Body.binary(data)));
    reception.open(connection);
  }

  /** Notes that a page of elsewhere is behind the handshake, to be told once it is a WebSocket. */
  static void noteOrigin(
      Origins origins, Map<String, List<String>> headers, Map<String, Object> userProperties) {
    origins
        .refusal(header(headers, "Origin"), header(headers, "Host"))
        .ifPresent(refusal -> userProperties.put(REFUSAL, refusal));
  }

  private static String header(Map<String, List<String>> headers, String name) {
    List<String> values = headers.get(name);
    return values == null || values.isEmpty() ? null : String.join(", ", values);
  }

  /** Notes what the handshake shows of who is behind it, and where it comes from. */
  static void noteShown(Access access, RequestDetails request, Map<String, Object> userProperties) {
    request.peer().ifPresent(address -> userProperties.put(FROM, address));
    HandshakeRequest.place().ifPresent(place -> userProperties.put(PLACE, place));
    userProperties.put(SHOWN, access.shown(request));
  }

  private Reception.Wish wish(Session session, EndpointConfig config) {
    Dialect dialect =
        reception
            .dialects()
            .agreed(rooms, session.getNegotiatedSubprotocol())
            .orElseThrow(() -> new IllegalArgumentException(reception.dialects().refusal(rooms)));
    Start start = dialect.start(session.getRequestParameterMap());
    RoomName room = RoomName.of(session.getPathParameters().get(HandshakeGate.ROOM));
    dialect.check(room);
    return new Reception.Wish(
        reception.rooms().room(room).name(),
        dialect,
        config.getUserProperties().remove(PLACE) instanceof Cursor place
            ? start.from(place)
            : start,
        config.getUserProperties().remove(SHOWN) instanceof Shown shown ? shown : Shown.NOTHING,
        config.getUserProperties().remove(FROM) instanceof InetAddress from
            ? Optional.of(from)
            : Optional.empty());
  }

  /**
   * Takes a place where no gate stands ahead that could. It waits a little for a room that is
   * asleep; should that not be enough, the session begins as soon as it has joined.
   */
  static void takePlace(
      RoomDirectory rooms,
      Map<String, List<String>> parameters,
      Map<String, Object> userProperties) {
    try {
      RoomName room = RoomName.of(parameters.getOrDefault(HandshakeGate.ROOM, List.of("")).get(0));
      userProperties.put(
          PLACE,
          rooms
              .room(room)
              .head()
              .toCompletableFuture()
              .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
    } catch (IllegalArgumentException | ExecutionException | TimeoutException e) {
      // What is wrong with the room is told once it is a WebSocket.
      LOG.debug("No place was taken before a handshake was answered", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Connection onJetty(Reception.Wish wish, WebSocketCoreSession core) {
    JettySink sink = new JettySink(core);
    Connection onJetty =
        reception.connection(
            wish,
            sink,
            new JettyWire(core.getConnection()),
            core.getWebSocketComponents().getExecutor());
    sink.onConnected(onJetty);
    return onJetty;
  }

  private Connection elsewhere(Reception.Wish wish, Session session) {
    RemoteSink sink = new RemoteSink(session, ForkJoinPool.commonPool());
    onHeard = sink::onHeard;
    session.addMessageHandler(
        PongMessage.class, (MessageHandler.Whole<PongMessage>) pong -> sink.onHeard());
    return reception.connection(wish, sink, sink, ForkJoinPool.commonPool());
  }

  private void onMessage(Body message) {
    onHeard.run();
    CompletionStage<?> readOn = connection.onMessage(message);
    if (!Conversation.readsOn(readOn) && !hasCompleted(readOn)) {
      connection.close(CloseReason.OVERLOADED);
    }
  }

  private static boolean hasCompleted(CompletionStage<?> stage) {
    if (!WAITING.tryAcquire()) {
      return false;
    }
    try {
      return hasCompletedInTime(stage.toCompletableFuture());
    } catch (ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      WAITING.release();
    }
  }

  /** In slices, of which a standstill of this process takes but one. */
  private static boolean hasCompletedInTime(CompletableFuture<?> stage)
      throws ExecutionException, InterruptedException {
    for (int i = 0; i < SLICES; i++) {
      try {
        stage.get(PATIENCE.toMillis() / SLICES, TimeUnit.MILLISECONDS);
        return true;
      } catch (TimeoutException e) {
        LOG.trace("A room takes long to keep a burst");
      }
    }
    return false;
  }

  /**
   * It is called exactly once, whatever became of the connection. Of Jetty's, where a close of the
   * peer's is still to be answered, the end comes with {@link #onEnded}.
   */
  @Override
  public void onClose(Session session, jakarta.websocket.CloseReason reason) {
    if (!(isOfJetty(session) && JettySessions.core(session).isOutputOpen())) {
      onEnded();
    }
  }

  /** The one place of clean-up: there is no connection any more. A second call is harmless. */
  void onEnded() {
    if (connection != null && isGone.compareAndSet(false, true)) {
      reception.onGone(connection);
    }
  }

  /** Whether a session or container is Jetty's, which is told without Jetty. */
  private static boolean isOfJetty(Object jakarta) {
    return jakarta.getClass().getName().startsWith(JETTY);
  }

  /** Hears of the end of each WebSocket that has come by this container. */
  static void listenTo(ServerContainer container) {
    if (isOfJetty(container)) {
      JettySessions.listenTo(container);
    }
  }

  /** The same, and has its service let go of them all when it stops. */
  static void listenTo(ServerContainer container, ChatService service) {
    if (container.getClass().getName().startsWith("org.eclipse.jetty.")) {
      StopListener.listen(service);
    }
    listenTo(container);
  }

  /** Called never, once or twice, before or after {@link #onClose}: of no use but to be noted. */
  @Override
  public void onError(Session session, Throwable failure) {
    LOG.debug("A connection failed", failure);
  }
}
