package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.CloseReason;
import io.durablechat.core.Draft;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.core.RoomPolicy;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.FakeRequest;
import io.durablechat.gateway.Reception;
import io.durablechat.gateway.Receptions;
import io.durablechat.gateway.http.Answer;
import io.durablechat.gateway.http.AnswerStream;
import io.durablechat.gateway.http.HandshakeGate;
import io.durablechat.gateway.http.Origins;
import io.durablechat.gateway.http.RoomApi;
import io.durablechat.gateway.http.Status;
import io.durablechat.gateway.limits.Limits;
import io.durablechat.gateway.transport.ByteSink;
import io.durablechat.gateway.transport.Completion;
import io.durablechat.gateway.transport.IncomingBytes;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is answered over HTTP, and what that holds, where no server has a part in it. */
@Timeout(60)
final class AnswerTest {
  private static final String MESSAGES = "/room/r/messages";
  private static final EndpointSettings SETTINGS =
      Receptions.FREE.allowedOrigins(List.of("https://friend.example"));

  private final AtomicLong now = new AtomicLong();
  private final LocalBroadcaster broadcaster = LocalBroadcaster.inMemory();
  private final RoomDirectory rooms = RoomDirectory.on(broadcaster).policy(new ClosedRoom()).open();
  private final Reception reception = Receptions.of(rooms, SETTINGS, Clock.systemUTC(), now::get);
  private final RoomApi api = new RoomApi(reception, SETTINGS, Origins.of(SETTINGS));
  private final HandshakeGate gate = new HandshakeGate(Origins.of(SETTINGS), reception);

  /** Nobody gets into the room named closed. */
  private static final class ClosedRoom implements RoomPolicy {
    @Override
    public void admit(RoomName room, Member member) {
      if (room.value().equals("closed")) {
        throw RefusedException.of(RefusedException.Reason.FORBIDDEN, "members only");
      }
    }
  }

  @AfterEach
  void stop() {
    rooms.close();
    broadcaster.close();
  }

  private CompletableFuture<Answer> ask(FakeRequest request) {
    return api.handle(request).orElseThrow().toCompletableFuture();
  }

  private static Answer got(CompletableFuture<Answer> answer) throws Exception {
    return answer.get(30, TimeUnit.SECONDS);
  }

  private Answer answer(FakeRequest request) throws Exception {
    return got(ask(request));
  }

  private static String text(Answer answer) {
    return UTF_8.decode(((Answer.Bytes) answer.body()).bytes().duplicate()).toString();
  }

  private long held() {
    return reception.charging().pools().requests().held();
  }

  private void say(String text) throws Exception {
    rooms
        .room(RoomName.of("r"))
        .publish(Member.anonymous(), Draft.text(text))
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
  }

  private static FakeRequest post(String type) {
    return new FakeRequest("POST", MESSAGES).header("Content-Type", type).withBody();
  }

  @Test
  void whatIsPostedIsPublishedOnceItHasCome() throws Exception {
    FakeRequest request = post("text/plain");
    CompletableFuture<Answer> answer = ask(request);
    assertTrue(request.isDemanded());
    request.piece("hel", false);
    assertFalse(answer.isDone());
    request.piece("lo", true);
    assertEquals(Status.CREATED, got(answer).status());
    assertEquals("{\"seq\":1,\"duplicate\":false}\n", text(got(answer)));
    assertTrue(text(answer(new FakeRequest("GET", MESSAGES))).contains("\"text\":\"hello\""));
  }

  @Test
  void whatIsPostedIsHeldUntilTheAnswerHasEnded() throws Exception {
    FakeRequest request = post("text/plain");
    CompletableFuture<Answer> answer = ask(request);
    assertEquals(0, held());
    request.piece("hello", true);
    Answer created = got(answer);
    assertTrue(held() > 0);
    created.onEnd().run();
    assertEquals(0, held());
  }

  @Test
  void whatIsRefusedIsHeldNoLonger() throws Exception {
    FakeRequest request = post("application/json");
    CompletableFuture<Answer> answer = ask(request);
    request.piece("{", false);
    assertTrue(held() > 0);
    request.piece("]", true);
    assertEquals(Status.BAD_REQUEST, got(answer).status());
    assertEquals(0, held());
  }

  @Test
  void aBodyThatComesTooSlowlyIsAnsweredAsSuch() throws Exception {
    FakeRequest request = post("text/plain");
    CompletableFuture<Answer> answer = ask(request);
    request.piece("h", false);
    now.addAndGet(IncomingBytes.GRACE.plusSeconds(1).toNanos());
    reception.connections().tick();
    assertEquals(Status.REQUEST_TIMEOUT, got(answer).status());
    assertTrue(got(answer).isLast(), "the rest of the body may still come");
    assertEquals(0, held());
  }

  @Test
  void aPageIsHeldUntilItIsWritten() throws Exception {
    say("hello");
    Answer page = answer(new FakeRequest("GET", MESSAGES).parameter("limit", "1"));
    assertEquals(text(page).length(), held());
    page.onEnd().run();
    assertEquals(0, held());
  }

  @Test
  void aPageWhoseWriteFailsIsHeldNoLonger() throws Exception {
    say("hello");
    Answer page = answer(new FakeRequest("GET", MESSAGES));
    assertTrue(held() > 0);
    CompletableFuture<Void> written = new CompletableFuture<>();
    Response response =
        (Response)
            Proxy.newProxyInstance(
                Response.class.getClassLoader(),
                new Class<?>[] {Response.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("write")) {
                    ((Callback) arguments[2]).failed(new IllegalStateException("the line is cut"));
                  }
                  return method.getName().equals("getHeaders") ? HttpFields.build() : null;
                });
    JettyAnswer.write(
        page,
        response,
        Callback.from(() -> written.complete(null), written::completeExceptionally));
    assertTrue(written.isCompletedExceptionally());
    assertEquals(0, held());
  }

  @Test
  void aPageThatIsNotReadHoldsNothing() throws Exception {
    FakeRequest request = new FakeRequest("GET", MESSAGES).parameter("after", "nonsense");
    assertEquals(Status.BAD_REQUEST, answer(request).status());
    assertEquals(0, held());
  }

  @Test
  void linksLeadThroughTheContext() throws Exception {
    Answer made = answer(new FakeRequest("POST", "/rooms"));
    assertEquals(Status.CREATED, made.status());
    assertTrue(made.headers().get("Location").startsWith("/app/room/"), made::toString);
  }

  @Test
  void aPreflightIsToldWhatAPageMaySend() throws Exception {
    Answer preflight =
        answer(
            new FakeRequest("OPTIONS", MESSAGES)
                .header("Origin", "https://friend.example")
                .header("Access-Control-Request-Method", "POST"));
    assertEquals(Status.NO_CONTENT, preflight.status());
    assertEquals("https://friend.example", preflight.headers().get("Access-Control-Allow-Origin"));
    assertEquals("GET, HEAD, POST", preflight.headers().get("Access-Control-Allow-Methods"));
    assertTrue(preflight.body() instanceof Answer.Nothing);
  }

  @Test
  void aPageOfElsewhereIsRefusedBeforeItsBodyIsRead() throws Exception {
    FakeRequest request = post("text/plain").header("Origin", "https://evil.example");
    Answer refused = answer(request);
    assertEquals(Status.FORBIDDEN, refused.status());
    assertFalse(refused.headers().containsKey("Access-Control-Allow-Origin"));
    assertFalse(request.isDemanded());
    assertTrue(refused.isLast(), "its body may still come");
  }

  @Test
  void otherPathsAreNotAnsweredHere() {
    assertEquals(Optional.empty(), api.handle(new FakeRequest("GET", "/room/r/nothing")));
    assertEquals(Optional.empty(), api.handle(new FakeRequest("GET", "/")));
    assertEquals(Optional.empty(), gate.decide(new FakeRequest("GET", MESSAGES)));
  }

  @Test
  void whoeverGoesOnOverALimitIsToldWhenToTryAgain() throws Exception {
    EndpointSettings limited =
        SETTINGS.limits(Limits.of(Map.of("requests-per-address", "1/min burst 2")));
    RoomApi guarded =
        new RoomApi(
            Receptions.of(rooms, limited, Clock.systemUTC(), now::get),
            limited,
            Origins.of(limited));
    FakeRequest request = new FakeRequest("GET", "/rooms");
    int last = Status.OK;
    for (int i = 0; i < 3 && last == Status.OK; i++) {
      Answer answer = got(guarded.handle(request).orElseThrow().toCompletableFuture());
      last = answer.status();
      if (last != Status.OK) {
        assertTrue(Integer.parseInt(answer.headers().get("Retry-After")) > 0);
      }
    }
    assertEquals(Status.TOO_MANY_REQUESTS, last);
  }

  /** A reader that takes all at once, on whichever thread writes. */
  private static final class Reader implements ByteSink {
    private String read = "";
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Throwable cut;

    @Override
    public void write(ByteBuffer bytes, Completion done) {
      synchronized (this) {
        read += UTF_8.decode(bytes);
      }
      done.succeeded();
    }

    synchronized String read() {
      return read;
    }

    @Override
    public void end(Completion done) {
      done.succeeded();
      ended.countDown();
    }

    @Override
    public void abort(Throwable cause) {
      cut = cause;
    }

    @Override
    public long taken() {
      return UNKNOWN;
    }
  }

  @Test
  void aStreamIsTheAnswerOnceItsReaderIsInTheRoom() throws Exception {
    Answer answer = answer(new FakeRequest("GET", "/room/r/events"));
    assertEquals("text/event-stream", answer.headers().get("Content-Type"));
    Reader reader = new Reader();
    ((AnswerStream) answer.body()).begin(reader);
    assertTrue(reader.read().contains("event: welcome"), reader::read);
    reception.connections().closeAll(CloseReason.GOING_AWAY);
    // The room's thread may be writing, and then writes this too.
    assertTrue(reader.ended.await(30, TimeUnit.SECONDS));
    assertTrue(reader.read().contains("event: bye"), reader::read);
    assertEquals(0, reception.connections().count());
  }

  @Test
  void whoMayNotBeInTheRoomIsAnsweredWithAProblemInsteadOfAStream() throws Exception {
    Answer answer = answer(new FakeRequest("GET", "/room/closed/events"));
    assertEquals(Status.FORBIDDEN, answer.status());
    assertTrue(text(answer).contains("\"code\":\"forbidden\""), () -> text(answer));
    assertEquals(1, reception.connections().count());
    answer.onEnd().run();
    assertEquals(0, reception.connections().count());
  }

  @Test
  void aStreamThatIsCutBeforeItBeganIsNoAnswer() {
    AnswerStream stream = new AnswerStream(new FakeRequest("GET", "/room/r/events"));
    IllegalStateException cause = new IllegalStateException("cut");
    stream.abort(cause);
    CompletionException failure =
        assertThrows(CompletionException.class, () -> stream.answer().toCompletableFuture().join());
    assertEquals(cause, failure.getCause());
  }

  @Test
  void aStreamThatIsCutWhileItsAnswerIsOnItsWayIsCutThere() {
    AnswerStream stream = new AnswerStream(new FakeRequest("GET", "/room/r/events"));
    stream.write(UTF_8.encode("x"), Completion.of(() -> {}));
    assertTrue(stream.answer().toCompletableFuture().isDone());
    IllegalStateException cause = new IllegalStateException("cut");
    stream.abort(cause);
    Reader reader = new Reader();
    stream.begin(reader);
    assertEquals(cause, reader.cut);
    assertEquals("", reader.read());
  }

  private static FakeRequest handshake() {
    return new FakeRequest("GET", "/room/r/websocket")
        .header("Upgrade", "websocket")
        .header("Connection", "keep-alive, Upgrade")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
  }

  private HandshakeGate.Decision decided(FakeRequest request) throws Exception {
    return gate.decide(request).orElseThrow().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void aHandshakeOfPlainFramesPassesWithItsPlaceInTheLog() throws Exception {
    say("before");
    HandshakeGate.Decision decision = decided(handshake());
    assertEquals(Optional.empty(), decision.refusal());
    assertEquals(1, decision.place().orElseThrow().sequence());
  }

  @Test
  void whatIsNoHandshakeIsToldHowToBecomeOne() throws Exception {
    Answer refused = decided(new FakeRequest("GET", "/room/r/websocket")).refusal().orElseThrow();
    assertEquals(Status.UPGRADE_REQUIRED, refused.status());
    assertEquals(
        List.of("Upgrade", "Connection", "Sec-WebSocket-Version"),
        refused.headers().keySet().stream().limit(3).toList());
    assertEquals("this is a WebSocket: connect with ws:// or wss://\n", text(refused));
  }

  @Test
  void aHandshakeOfAPageOfElsewhereIsRefused() throws Exception {
    Answer refused =
        decided(handshake().header("Origin", "https://evil.example")).refusal().orElseThrow();
    assertEquals(Status.FORBIDDEN, refused.status());
  }

  @Test
  void aLineHoldsNoControls() {
    assertEquals("a b\n", text(Answer.line(Status.NOT_FOUND, "a\u0007b")));
  }

  @Test
  void whatEndsAnAnswerIsAllRunInOrder() {
    StringBuilder order = new StringBuilder();
    Answer.line(Status.NOT_FOUND, "x")
        .ending(() -> order.append(1))
        .ending(() -> order.append(2))
        .onEnd()
        .run();
    assertEquals("12", order.toString());
  }
}
