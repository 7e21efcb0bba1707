package io.durablechat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.RoomDirectory;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.limits.Limits;
import io.durablechat.jetty.ChatServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code chat-cli bench} against a server in this process. */
@Timeout(60)
final class BenchCommandTest {
  private static final int MAX_MESSAGE = 1000;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private LocalBroadcaster broadcaster;
  private RoomDirectory rooms;
  private ChatServer server;

  @BeforeEach
  void start() throws IOException {
    broadcaster = LocalBroadcaster.inMemory();
    rooms = RoomDirectory.on(broadcaster).maxMessageBytes(MAX_MESSAGE).open();
    server =
        ChatServer.of(rooms).port(0).endpoint(EndpointSettings.DEFAULT.limits(Limits.OFF)).build();
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
    rooms.close();
    broadcaster.close();
  }

  private int run(String args) {
    List<String> all = new ArrayList<>(List.of("bench"));
    all.addAll(List.of(args.replace("PORT", "" + server.port()).split(" ")));
    return ChatCli.execute(
        ChatCli.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)),
        Map.of(),
        all.toArray(String[]::new));
  }

  private JsonObject measured() {
    assertEquals("", err.toString());
    return JsonParser.parseString(out.toString()).getAsJsonObject();
  }

  private static void assertSound(JsonObject report, int inEachRoom) {
    for (String wrong : List.of("missing", "duplicated", "out_of_order", "wrong_room", "unsent")) {
      assertEquals(0, report.get(wrong).getAsLong(), report::toString);
    }
    long messages = report.get("messages").getAsLong();
    assertTrue(messages > 0, report::toString);
    assertEquals(messages * inEachRoom, report.get("deliveries").getAsLong(), report::toString);
    assertTrue(report.get("echo_p50_ms").getAsDouble() > 0, report::toString);
    assertTrue(
        report.get("delivery_max_ms").getAsDouble() >= report.get("delivery_p50_ms").getAsDouble());
  }

  @ParameterizedTest
  @CsvSource({
    "plain, --rate 200",
    "plain, --window 2",
    "chat.v1, --rate 200",
    "chat.v1, --window 2"
  })
  void everybodyReceivesEverythingOnceInOrder(String dialect, String loop) {
    int exitCode =
        run(
            "http://localhost:PORT --conns 12 --rooms 3 --senders 6 --warmup 1s --duration 1s --json"
                + " --dialect "
                + dialect
                + " "
                + loop);
    assertEquals(0, exitCode, () -> out + "" + err);
    assertSound(measured(), 4);
  }

  @Test
  void theOpenLoopSendsWhatIsDueAndNoMore() {
    run(
        "ws://localhost:PORT/room/general/websocket --conns 2 --rate 50 --warmup 1s --duration 1s"
            + " --json");
    assertEquals(100, measured().get("messages").getAsLong());
  }

  @Test
  void theTableSaysThatAllCame() {
    assertEquals(0, run("http://localhost:PORT --conns 2 --rate 50 --warmup 1s --duration 1s"));
    assertTrue(
        out.toString().contains("100 messages sent, 200 deliveries checked: all came, once, in"),
        out::toString);
  }

  @Test
  void aServerThatClosesConnectionsIsNotSound() {
    int exitCode =
        run(
            "http://localhost:PORT --conns 3 --rate 50 --size 2000 --warmup 1s --duration 1s"
                + " --json");
    assertEquals(1, exitCode);
    JsonObject report = measured();
    assertEquals(1, report.get("closed_by_server").getAsLong(), report::toString);
    assertTrue(report.get("first_close").getAsString().startsWith("1009"), report::toString);
    assertFalse(report.get("sound").getAsBoolean());
  }

  @Test
  void aServerThatRefusesMessagesIsNotSound() {
    // They count as missing, for which it waits.
    int exitCode =
        run(
            "http://localhost:PORT --conns 2 --window 1 --size 2000 --warmup 1s --duration 1s"
                + " --dialect chat.v1 --json");
    assertEquals(1, exitCode);
    assertEquals(1, measured().get("refused").getAsLong());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://localhost:PORT | --rate or --window is needed",
        "http://localhost:PORT --rate 1 --window 1 | --rate and --window exclude each other",
        "ws://localhost:PORT --rate 1 | the URL must end with /room/{name}/websocket",
        "nowhere --rate 1 | the URL nowhere names no host",
        "--rate 1 | Missing required parameter: 'URL'",
        "http://localhost:PORT --rate 0 | --rate must be at least 1, not 0",
        "http://localhost:PORT --rate 1 --conns 0 | --conns must be at least 1, not 0",
        "http://localhost:PORT --rate 1 --senders 11 | --senders must be at most --conns, which is 10",
        "http://localhost:PORT --rate 1 --rooms 2 --senders 1 | --senders must be at least 2, one in",
        "http://localhost:PORT --rate 1 --size 63 | --size must be at least 64 bytes",
        "http://localhost:PORT --rate 1 --dialect irc | --dialect must be plain or chat.v1, not irc"
      })
  void wrongUseIsSaidInOneLine(String args, String expected) {
    assertEquals(2, run(args));
    assertOneLine(expected);
  }

  @Test
  void anUnreachableServerIsSaidInOneLine() {
    int port = server.port();
    server.close();
    assertEquals(1, run("http://localhost:" + port + " --rate 1 --conns 1"));
    assertOneLine("1 of 1 connections failed (0 not tried): ");
  }

  @Test
  void aServerThatIsNoChatIsSaidInOneLine() {
    assertEquals(1, run("ws://localhost:PORT/nowhere/room/a/websocket --rate 1 --conns 1"));
    assertOneLine(
        "1 of 1 connections failed (0 not tried): the server answered 404, not with a WebSocket");
  }

  private void assertOneLine(String expected) {
    assertEquals(1, err.toString().lines().count(), err::toString);
    assertTrue(err.toString().startsWith("chat-cli: " + expected), err::toString);
    assertEquals("", out.toString());
  }
}
