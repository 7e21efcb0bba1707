package io.durablechat.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.durablechat.core.CloseReason;
import io.durablechat.core.Draft;
import io.durablechat.core.Keep;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.Moderation;
import io.durablechat.core.Page;
import io.durablechat.core.Range;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RoomName;
import io.durablechat.core.RoomPolicy;
import io.durablechat.core.Ruling;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.limits.HeldBytes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rooms over plain HTTP, with the JDK's client. */
final class RoomApiTest {
  private static final RoomName GENERAL = RoomName.of("general");
  private static final String ANN = "Guest ann-0123456789abcdefghij";
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final HttpClient client = HttpClient.newHttpClient();
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        TestServer.start(
            rooms -> rooms.maxMessageBytes(1000).policy(new NoSwearing()),
            settings ->
                settings.endpoint(
                    EndpointSettings.DEFAULT.publicRooms(
                        List.of(GENERAL, RoomName.of("K\u00fcche")))));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static final class NoSwearing implements RoomPolicy {
    @Override
    public void admit(RoomName room, Member member) {
      if (room.value().equals("closed")) {
        throw RefusedException.of(RefusedException.Reason.FORBIDDEN, "members only");
      }
    }

    @Override
    public Draft review(RoomName room, Member author, Draft draft) {
      if (draft.body().text().contains("damn")) {
        throw RefusedException.of(RefusedException.Reason.FORBIDDEN, "mind your language");
      }
      return draft;
    }
  }

  /** What was answered: a status, headers, and JSON. */
  private record Answer(HttpResponse<String> response) {
    int status() {
      return response.statusCode();
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    JsonObject json() {
      return JsonParser.parseString(response.body()).getAsJsonObject();
    }

    String text(String member) {
      return json().get(member).getAsString();
    }

    List<String> texts() {
      List<String> texts = new ArrayList<>();
      for (JsonElement message : json().getAsJsonArray("messages")) {
        texts.add(message.getAsJsonObject().get("text").getAsString());
      }
      return texts;
    }
  }

  private URI uri(String path) {
    return URI.create("http://localhost:" + server.port() + path);
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      return new Answer(
          client.send(request.timeout(DEADLINE).build(), BodyHandlers.ofString(UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private Answer get(String path) {
    return send(HttpRequest.newBuilder(uri(path)));
  }

  private Answer post(String path, String type, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.ofString(body, UTF_8));
    request.header("Content-Type", type);
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return send(request);
  }

  private Answer say(String text) {
    return post("/room/general/messages", "text/plain", text);
  }

  private static void assertProblem(int status, String code, Answer answer) {
    assertEquals(status, answer.status(), answer.response()::body);
    assertEquals("application/problem+json", answer.header("Content-Type"));
    assertEquals(code, answer.text("code"));
    assertEquals(status, answer.json().get("status").getAsInt());
    assertFalse(answer.text("detail").isEmpty());
  }

  @Test
  void publishesTextAndJsonToEverybody() {
    try (RawWebSocket
        socket = // With history: a handshake is answered before its session has joined.
        RawWebSocket.open(server.port(), "/room/general/websocket?history=10", List.of())) {
      Answer text = say("Gr\u00fc\u00dfe");
      assertEquals(201, text.status());
      assertEquals("{\"seq\":1,\"duplicate\":false}", text.json().toString());
      assertEquals("Gr\u00fc\u00dfe", socket.receiveText());
      Answer json =
          post(
              "/room/general/messages",
              "application/json; charset=utf-8",
              "{\"text\":\"hello\",\"name\":\"Ann\",\"replyTo\":1}",
              "Authorization",
              ANN);
      assertEquals(201, json.status());
      assertEquals("hello", socket.receiveText());
    }
    JsonObject last =
        get("/room/general/messages?limit=1")
            .json()
            .getAsJsonArray("messages")
            .get(0)
            .getAsJsonObject();
    assertEquals("Ann", last.getAsJsonObject("from").get("name").getAsString());
    assertEquals(
        Member.guest(ANN.substring(6)).identity(),
        last.getAsJsonObject("from").get("id").getAsString());
    assertEquals(1, last.get("replyTo").getAsLong());
  }

  @Test
  void aRetryIsADuplicateAndAnotherTextAConflict() {
    for (String key : List.of("order 1", "\"order 1\"")) {
      Answer answer =
          post(
              "/room/general/messages",
              "text/plain",
              "once",
              "Authorization",
              ANN,
              "Idempotency-Key",
              key);
      assertEquals(key.startsWith("o") ? 201 : 200, answer.status());
      assertEquals(1, answer.json().get("seq").getAsLong());
    }
    assertProblem(
        422,
        "conflict",
        post(
            "/room/general/messages",
            "text/plain",
            "other",
            "Authorization",
            ANN,
            "Idempotency-Key",
            "order 1"));
    assertProblem(
        401,
        "unauthorized",
        post("/room/general/messages", "text/plain", "x", "Idempotency-Key", "1"));
    assertEquals(List.of("once"), get("/room/general/messages").texts());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Idempotency-Key: a | Idempotency-Key: b | 400",
        "Idempotency-Key: a | Idempotency-Key: a | 201",
        "Content-Type: text/plain | Content-Type: application/json | 400",
        "Idempotency-Key: \"a\\\"b\" | X-None: 1 | 201",
        "Idempotency-Key: \"a | X-None: 1 | 400",
        "Idempotency-Key: \"a\" \"b\" | X-None: 1 | 400",
        "Idempotency-Key: \"a\";x=1 | X-None: 1 | 400"
      })
  void whatIsSaidTwiceIsNotGuessed(String one, String other, int status) {
    try (RawWebSocket answer =
        RawWebSocket.request(
            server.port(),
            List.of(
                "POST /room/general/messages HTTP/1.1",
                "Host: localhost",
                "Content-Length: 0",
                "Authorization: " + ANN,
                one.startsWith("Content-Type") ? "X-None: 1" : "Content-Type: text/plain",
                one,
                other))) {
      assertEquals(status, answer.status());
    }
  }

  @Test
  void theSpacesInAnIdempotencyKeyAreItsOwn() {
    String[] keys = {"a b", "a  b", "\"a b \"", "\" a b\"", "\"a b\""};
    int[] statuses = {201, 201, 201, 201, 200};
    for (int i = 0; i < keys.length; i++) {
      Answer answer =
          post(
              "/room/general/messages",
              "text/plain",
              "once",
              "Authorization",
              ANN,
              "Idempotency-Key",
              keys[i]);
      assertEquals(statuses[i], answer.status(), keys[i]);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/room/general/messages?limit=1&limit=2",
        "/room/general/messages?before=start&after=start&after=x",
        "/room/general/events?history=1&history=2"
      })
  void aParameterThatIsGivenTwiceIsNotGuessed(String path) {
    assertProblem(400, "bad_request", get(path));
  }

  @Test
  void saysWhatIsWrongWithAPublish() {
    String path = "/room/general/messages";
    assertProblem(415, "unsupported", post(path, "text/html", "x"));
    assertProblem(415, "unsupported", post(path, "text/plain; charset=latin1", "x"));
    assertProblem(415, "unsupported", post(path, "text/plain", "x", "Content-Encoding", "gzip"));
    assertProblem(400, "bad_request", post(path, "application/json", "{"));
    assertProblem(400, "bad_request", post(path, "application/json", "{}"));
    assertProblem(400, "bad_request", post(path + "?id=1", "text/plain", "x"));
    assertProblem(413, "too_large", say("x".repeat(1001)));
    assertProblem(
        413,
        "too_large",
        post(path, "application/json", "{\"text\":\"" + "x".repeat(1001) + "\"}"));
    assertProblem(413, "too_large", post(path, "application/json", "x".repeat(100_000)));
    assertProblem(403, "forbidden", say("damn"));
    Answer unknown = post(path, "text/plain", "x", "Authorization", "Bearer x");
    assertProblem(401, "unauthorized", unknown);
    assertEquals("Guest, Bearer", unknown.header("WWW-Authenticate"));
    assertProblem(400, "bad_request", post(path, "text/plain", "x", "Authorization", "Guest x"));
    assertProblem(
        400,
        "bad_request",
        post(path, "text/plain", "x", "Authorization", ANN, "Idempotency-Key", "x".repeat(65)));
    HttpRequest.Builder notUtf8 =
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "text/plain")
            .POST(BodyPublishers.ofByteArray(new byte[] {(byte) 0xff}));
    assertProblem(400, "bad_request", send(notUtf8));
    Answer delete = send(HttpRequest.newBuilder(uri(path)).DELETE());
    assertProblem(405, "method_not_allowed", delete);
    assertEquals("GET, POST", delete.header("Allow"));
    assertEquals(0, get(path).texts().size());
  }

  @Test
  void whatIsTooMuchForNowSaysWhenToComeBack() throws IOException {
    server.close();
    server = TestServer.start(rooms -> rooms.policy(new Overloaded()), settings -> settings);
    Answer answer = say("x");
    assertProblem(503, "overloaded", answer);
    assertEquals("2", answer.header("Retry-After"));
    assertEquals(1500, answer.json().get("retryAfter").getAsLong());
  }

  private static final class Overloaded implements RoomPolicy {
    @Override
    public Draft review(RoomName room, Member author, Draft draft) {
      throw RefusedException.retryable(
          RefusedException.Reason.OVERLOADED, "later", Duration.ofMillis(1500));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/room/a%3Bb/messages", "/room/a;b/events", "/room/%C3/messages"})
  void aNameThatCannotBeIsRefused(String path) {
    assertEquals(400, get(path).status());
  }

  @Test
  void readsPagesInBothDirectionsByCursor() {
    IntStream.rangeClosed(1, 7).forEach(i -> say("" + i));
    Answer newest = get("/room/general/messages?limit=3");
    assertEquals(List.of("5", "6", "7"), newest.texts());
    assertTrue(newest.json().get("more").getAsBoolean());
    assertEquals("no-store", newest.header("Cache-Control"));
    Answer earlier = get("/room/general/messages?limit=3&before=" + newest.text("before"));
    assertEquals(List.of("2", "3", "4"), earlier.texts());
    Answer earliest = get("/room/general/messages?limit=3&before=" + earlier.text("before"));
    assertEquals(List.of("1"), earliest.texts());
    assertFalse(earliest.json().get("more").getAsBoolean());
    Answer nothing = get("/room/general/messages?before=" + earliest.text("before"));
    assertEquals(List.of(), nothing.texts());
    assertEquals(earliest.text("before"), nothing.text("before"));

    Answer first = get("/room/general/messages?limit=5&after=start");
    assertEquals(List.of("1", "2", "3", "4", "5"), first.texts());
    assertTrue(first.json().get("more").getAsBoolean());
    Answer next = get("/room/general/messages?limit=5&after=" + first.text("cursor"));
    assertEquals(List.of("6", "7"), next.texts());
    assertFalse(next.json().get("more").getAsBoolean());
    Answer end = get("/room/general/messages?after=" + next.text("cursor"));
    assertEquals(List.of(), end.texts());
    assertEquals(next.text("cursor"), end.text("cursor"));
    say("8");
    assertEquals(List.of("8"), get("/room/general/messages?after=" + end.text("cursor")).texts());
    assertFalse(first.json().getAsJsonArray("messages").get(0).getAsJsonObject().has("prev"));
  }

  @Test
  void saysWhatRetentionRemovedAndWhatIsOfAnotherLog() throws IOException {
    IntStream.rangeClosed(1, 5).forEach(i -> say("" + i));
    Answer first = get("/room/general/messages?limit=1&after=start");
    assertNull(first.json().get("trimmedThrough"));
    server.trim(Keep.newest(2));
    Answer rest = get("/room/general/messages?after=" + first.text("cursor"));
    assertEquals(List.of("4", "5"), rest.texts());
    assertEquals(3, rest.json().get("trimmedThrough").getAsLong());
    assertTrue(rest.json().get("trimmed").getAsBoolean());
    assertNull(get("/room/general/messages?after=" + rest.text("cursor")).json().get("trimmed"));
    server.close();
    server = TestServer.start();
    assertProblem(410, "reset", get("/room/general/messages?after=" + first.text("cursor")));
  }

  @ParameterizedTest
  @CsvSource({
    "limit=0, messages must be 1 to 1000: 0",
    "limit=1001, messages must be 1 to 1000: 1001",
    "limit=x, limit must be a number from 1 to 1000",
    "after=x, cursor is not one that this server gave out",
    "after=start&before=start, 'either before or after, not both'",
    "befor=x, 'no such parameter here; there are after, before, limit'"
  })
  void saysWhatIsWrongWithARead(String query, String detail) {
    Answer answer = get("/room/general/messages?" + query);
    assertProblem(400, "bad_request", answer);
    assertEquals(detail, answer.text("detail"));
  }

  @Test
  void aQueryThatIsNoTextIsRefusedLikeAnyOther() {
    for (String what : List.of("messages", "events")) {
      RawWebSocket answer =
          RawWebSocket.request(
              server.port(),
              List.of("GET /room/general/" + what + "?after=%C3%28 HTTP/1.1", "Host: localhost"));
      assertEquals(400, answer.status());
      assertEquals(Optional.of("application/problem+json"), answer.header("Content-Type"));
    }
  }

  @Test
  void listsPublicRoomsAloneAndMakesRoomsNobodyCanGuess() {
    say("x");
    post("/room/secret/messages", "text/plain", "x");
    try (RawWebSocket socket = server.plain("general")) {
      socket.send("x");
      socket.receiveText();
      JsonArray rooms = get("/rooms").json().getAsJsonArray("rooms");
      assertEquals(2, rooms.size());
      JsonObject general = rooms.get(0).getAsJsonObject();
      assertEquals("general", general.get("room").getAsString());
      assertEquals(1, general.get("members").getAsInt());
      JsonObject kitchen = rooms.get(1).getAsJsonObject();
      assertEquals("/room/K%C3%BCche/websocket", kitchen.get("websocket").getAsString());
      assertEquals(200, get(kitchen.get("messages").getAsString()).status());
    }
    Answer made = post("/rooms", "text/plain", "");
    assertEquals(201, made.status());
    assertEquals(22, made.text("room").length());
    assertEquals(200, get(made.header("Location")).status());
    assertFalse(made.text("room").equals(post("/rooms", "text/plain", "").text("room")));
  }

  @Test
  void aBodyThatNobodyReadEndsTheConnection() {
    RawWebSocket answer =
        RawWebSocket.request(
            server.port(),
            List.of(
                "POST /room/general/messages HTTP/1.1",
                "Host: localhost",
                "Content-Type: text/html",
                "Content-Length: 1000000"));
    assertEquals(415, answer.status());
    assertEquals(Optional.of("close"), answer.header("Connection"));
  }

  @Test
  void whatARequestHeldIsGivenBack() {
    for (int i = 0; i < 20; i++) {
      assertEquals(201, say("x".repeat(900)).status());
      assertEquals(200, get("/room/general/messages").status());
      assertEquals(400, get("/room/general/messages?limit=0").status());
      assertEquals(413, say("x".repeat(1001)).status());
      assertEquals(403, say("damn").status());
    }
    for (int i = 0; i < 5; i++) {
      RawWebSocket socket = server.chatV1("general");
      socket.send("{\"type\":\"hello\"}\n{\"type\":\"history\",\"id\":\"h\"}");
      socket.receiveText();
      socket.vanish();
    }
    // The last answer may be here before its callback has run.
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (server.server().heldBytes() != 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertEquals(0, server.server().heldBytes());
  }

  @Test
  void whatIsSaidOnceAStreamIsAnsweredReachesIt() throws IOException {
    for (int i = 0; i < 100; i++) {
      String room = "stream-" + i;
      try (RawWebSocket author = server.plain(room);
          RawWebSocket stream =
              RawWebSocket.request(
                  server.port(),
                  List.of("GET /room/" + room + "/events HTTP/1.1", "Host: localhost"))) {
        assertEquals(200, stream.status());
        author.send("to all who are there");
        stream.readUntil("to all who are there");
      }
    }
  }

  @Test
  void whatAllTogetherHoldIsBounded() {
    HeldBytes.From held = HeldBytes.ofHeap(8).from(Optional.empty());
    long all = Runtime.getRuntime().maxMemory() / 8;
    HeldBytes.Part most = held.take(all - 10);
    RefusedException refusal = assertThrows(RefusedException.class, () -> held.take(11));
    assertEquals(RefusedException.Reason.OVERLOADED, refusal.reason());
    assertTrue(refusal.retryAfter().isPresent());
    most.set(10);
    held.take(all - 10).release();
    most.release();
    most.release();
    held.take(all).release();
  }

  /** One stream of events, read by line. */
  private final class EventReader implements AutoCloseable {
    private final RawStream stream;

    private EventReader(String path, String... headers) {
      stream = new RawStream(path, headers);
    }

    /** The next event: its name, its data, its id; comments and retry lines are passed over. */
    private Event next() {
      String name = "message";
      String id = "";
      String data = "";
      for (String line = stream.line(); !line.isEmpty() || data.isEmpty(); line = stream.line()) {
        if (line.startsWith("event: ")) {
          name = line.substring(7);
        } else if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        }
      }
      return new Event(name, id, JsonParser.parseString(data).getAsJsonObject());
    }

    private Event next(String name) {
      Event event = next();
      assertEquals(name, event.name(), event::toString);
      return event;
    }

    private void assertTexts(String... texts) {
      for (String text : texts) {
        assertEquals(text, next("message").data().get("text").getAsString());
      }
    }

    @Override
    public void close() {
      stream.close();
    }
  }

  private record Event(String name, String id, JsonObject data) {}

  private final class RawStream {
    private final HttpResponse<java.io.InputStream> response;
    private final BufferedReader reader;

    private RawStream(String path, String... headers) {
      HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(DEADLINE);
      if (headers.length > 0) {
        request.headers(headers);
      }
      try {
        response = client.send(request.build(), BodyHandlers.ofInputStream());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      assertEquals(200, response.statusCode());
      assertEquals(Optional.of("text/event-stream"), response.headers().firstValue("Content-Type"));
      reader = new BufferedReader(new InputStreamReader(response.body(), UTF_8));
    }

    private String line() {
      try {
        String line = reader.readLine();
        if (line == null) {
          throw new AssertionError("the stream has ended");
        }
        return line;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void close() {
      try {
        reader.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void streamsWhatIsPublishedAndResumesAfterTheLastEvent() {
    say("1");
    say("2");
    String seen;
    try (EventReader events = new EventReader("/room/general/events?history=1")) {
      assertEquals("fresh", events.next("welcome").data().get("resume").getAsString());
      Event two = events.next("message");
      assertEquals("2", two.data().get("text").getAsString());
      assertEquals(1, two.data().get("prev").getAsLong());
      seen = two.id();
      assertEquals(2, events.next("live").data().get("head").getAsLong());
      say("3");
      say("4");
      events.assertTexts("3", "4");
    }
    try (EventReader events =
        new EventReader("/room/general/events?after=ignored", "Last-Event-ID", seen)) {
      assertEquals("exact", events.next("welcome").data().get("resume").getAsString());
      events.assertTexts("3", "4");
      events.next("live");
    }
    try (EventReader events = new EventReader("/room/general/events?atMost=1&after=" + seen)) {
      assertEquals("skipped", events.next("welcome").data().get("resume").getAsString());
      events.assertTexts("4");
    }
    assertProblem(400, "bad_request", get("/room/general/events?after=x"));
    assertProblem(400, "bad_request", get("/room/general/events?history=x"));
    assertProblem(403, "forbidden", get("/room/closed/events"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lastEventId=%s",
        "lastEventId=%s&r=8163723443",
        "evs_buffer_size_limit=262144&evs_preamble=2056&evs_last_event_id=%s",
        "history=1&_=1700000000000&padding=true&lastEventId=%s",
        "after=ignored&lastEventId=%s",
        "after=%s&lastEventId=&evs_last_event_id=&r=1&r=2"
      })
  void resumesWhereBrowsersWithoutEventSourceAskForIt(String query) {
    say("1");
    String seen;
    try (EventReader events = new EventReader("/room/general/events?history=1&_=1&padding=true")) {
      events.next("welcome");
      seen = events.next("message").id();
    }
    say("2");
    String path = "/room/general/events?" + query.replace("%s", seen);
    try (EventReader events = new EventReader(path)) {
      assertEquals("exact", events.next("welcome").data().get("resume").getAsString());
      events.assertTexts("2");
    }
  }

  @Test
  void theHeaderCountsBeforeWhatIsSaidInTheAddress() {
    say("1");
    String seen;
    try (EventReader events = new EventReader("/room/general/events?history=1")) {
      events.next("welcome");
      seen = events.next("message").id();
    }
    say("2");
    try (EventReader events =
        new EventReader(
            "/room/general/events?lastEventId=other&evs_last_event_id=x", "Last-Event-ID", seen)) {
      assertEquals("exact", events.next("welcome").data().get("resume").getAsString());
      events.assertTexts("2");
    }
    assertProblem(400, "bad_request", get("/room/general/events?lastEventId=x"));
    assertProblem(
        400, "bad_request", get("/room/general/events?lastEventId=" + seen + "&lastEventId=x"));
    assertProblem(400, "bad_request", get("/room/general/events?lastEventID=" + seen));
    assertProblem(400, "bad_request", get("/room/general/messages?_=1"));
  }

  @Test
  void whoWasSentAwayForGoodIsNotLetInAgainByTheBrowser() {
    server.close();
    Moderation moderation = startModerated();
    String path = "/room/general/events";
    say("1");
    String bye;
    String others;
    try (EventReader other = new EventReader(path);
        EventReader events = new EventReader(path + "?history=1", "Authorization", ANN)) {
      others = other.next("welcome").id();
      events.next("welcome");
      events.next("message");
      events.next("live");
      kickAnn(moderation);
      Event last = events.next("bye");
      assertFalse(last.data().get("reconnect").getAsBoolean());
      bye = last.id();
    }
    assertEquals(204, status(path, "Last-Event-ID", bye));
    assertEquals(204, status(path + "?history=1&lastEventId=" + others, "Last-Event-ID", bye));
    assertEquals(204, status(path + "?lastEventId=" + bye + "&r=1"));
    assertEquals(204, status(path + "?evs_last_event_id=" + bye));
    say("2");
    // Who comes by themselves is let in, from where they were if they like.
    try (EventReader fresh = new EventReader(path, "Authorization", ANN)) {
      assertEquals("fresh", fresh.next("welcome").data().get("resume").getAsString());
    }
    try (EventReader back = new EventReader(path + "?after=" + bye, "Authorization", ANN)) {
      assertEquals("exact", back.next("welcome").data().get("resume").getAsString());
      back.assertTexts("2");
    }
    try (EventReader other = new EventReader(path, "Last-Event-ID", others)) {
      assertEquals("exact", other.next("welcome").data().get("resume").getAsString());
    }
  }

  /** What is answered, where it might be a stream without end. */
  private int status(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(DEADLINE);
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<InputStream> response =
        client.sendAsync(request.build(), BodyHandlers.ofInputStream()).join();
    try {
      response.body().close();
      return response.statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Moderation startModerated() {
    LocalBroadcaster log = LocalBroadcaster.inMemory();
    Moderation moderation =
        Moderation.open(log, InstantSource.system()).toCompletableFuture().join();
    try {
      server = TestServer.start(log, rooms -> rooms.moderation(moderation), settings -> settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return moderation;
  }

  private static void kickAnn(Moderation moderation) {
    Member ann = Member.guest(ANN.substring("Guest ".length()));
    moderation
        .rule(
            new Member("operator:test", Optional.empty()),
            Ruling.of(Ruling.Action.KICK, Optional.of(GENERAL), ann.identity()))
        .toCompletableFuture()
        .join();
  }

  @Test
  void whoLosesTheLineBeforeTheFirstMessageMissesNothing() {
    String welcomed;
    try (EventReader events = new EventReader("/room/general/events")) {
      welcomed = events.next("welcome").id();
      assertEquals(welcomed, events.next("live").id());
    }
    say("1");
    try (EventReader events = new EventReader("/room/general/events", "Last-Event-ID", welcomed)) {
      assertEquals("exact", events.next("welcome").data().get("resume").getAsString());
      events.assertTexts("1");
    }
  }

  @Test
  void askingForTheHeadOfAStreamBeginsNone() {
    Answer head =
        send(
            HttpRequest.newBuilder(uri("/room/general/events"))
                .method("HEAD", BodyPublishers.noBody()));
    assertEquals(200, head.status());
    assertEquals("text/event-stream", head.header("Content-Type"));
    assertEquals(0, server.server().connections());
    assertEquals(0, server.rooms().room(GENERAL).memberCount().toCompletableFuture().join());
  }

  @Test
  void aStreamThatMayComeBackLaterIsToldSoInItsOwnWords() {
    server.rooms().drain(CloseReason.RESTART).toCompletableFuture().join();
    try (EventReader events = new EventReader("/room/general/events")) {
      assertTrue(events.next("bye").data().get("reconnect").getAsBoolean());
    }
  }

  @Test
  void aStreamThatIsNotReadLosesNothing() {
    server.close();
    start(1 << 20);
    String large = "x".repeat(500_000);
    try (EventReader events = new EventReader("/room/general/events")) {
      events.next("welcome");
      events.next("live");
      for (int i = 0; i < 40; i++) {
        assertEquals(201, say(i + large).status());
      }
      List<Long> sequences = new ArrayList<>();
      while (sequences.size() < 40) {
        Event event = events.next();
        if (event.name().equals("message")) {
          sequences.add(event.data().get("seq").getAsLong());
        }
      }
      assertEquals(IntStream.rangeClosed(1, 40).asLongStream().boxed().toList(), sequences);
    }
  }

  private void start(int maxMessageBytes) {
    try {
      server =
          TestServer.start(rooms -> rooms.maxMessageBytes(maxMessageBytes), settings -> settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void streamsEndWithAWordWhenTheServerStops() {
    try (EventReader events = new EventReader("/room/general/events")) {
      events.next("welcome");
      events.next("live");
      assertEquals(1, server.server().connections());
      server.rooms().drain(CloseReason.RESTART);
      assertEquals(1012, events.next("bye").data().get("code").getAsInt());
    }
  }

  @Test
  void whatWasPublishedOverHttpIsThereForAll() {
    say("1");
    Page page = server.rooms().room(GENERAL).history(Range.last(10)).toCompletableFuture().join();
    assertEquals(
        Arrays.asList("1"),
        page.entries().stream().map(message -> message.draft().body().text()).toList());
  }
}
