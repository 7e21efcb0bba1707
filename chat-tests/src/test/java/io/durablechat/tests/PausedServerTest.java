package io.durablechat.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.jetty.RawWebSocket;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server that is stopped and goes on, as by a debugger or in a machine that is moved. For {@code
 * -Dchat.standstill.seconds}: with 82, longer than anybody may be silent.
 */
final class PausedServerTest {
  private static final int SECONDS = Integer.getInteger("chat.standstill.seconds", 12);
  private static final String KEY = "standstill-0123456789abcdef";

  /** SIGSTOP now, and SIGCONT later; for a process, and so many seconds. */
  private static final List<String> STAND_STILL =
      List.of("sh", "-c", "kill -STOP $0 && echo stands; sleep $1; kill -CONT $0");

  private static Process stop(ServerProcess server) throws IOException {
    Process pause =
        new ProcessBuilder(
                STAND_STILL.get(0),
                STAND_STILL.get(1),
                STAND_STILL.get(2),
                "" + server.pid(),
                "" + SECONDS)
            .start();
    BufferedReader said = pause.inputReader(StandardCharsets.UTF_8);
    assertEquals("stands", said.readLine());
    return pause;
  }

  private static void awaitEnd(Process pause) throws InterruptedException {
    assertTrue(pause.waitFor(SECONDS + 20, TimeUnit.SECONDS));
  }

  /** The next text, with pings answered. */
  private static String text(RawWebSocket socket) {
    while (true) {
      RawWebSocket.Frame frame = socket.receive();
      if (frame.opCode() == RawWebSocket.TEXT) {
        return frame.text();
      }
      assertEquals(RawWebSocket.PING, frame.opCode(), frame::toString);
      socket.send(true, RawWebSocket.PONG, frame.payload().array());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--jakarta"})
  void nobodyIsSentAwayForWhatWasNotReadMeanwhile(String option) throws Exception {
    String[] options =
        option.isEmpty()
            ? new String[] {"--data", "memory"}
            : new String[] {"--data", "memory", option};
    try (ServerProcess server = ServerProcess.serve(options);
        RawWebSocket plain = RawWebSocket.plain(server.port(), "r");
        ChatV1Client member = new ChatV1Client(server.port(), "r");
        ChatV1Client newcomer = new ChatV1Client(server.port(), "r");
        RawWebSocket events =
            RawWebSocket.request(
                server.port(),
                List.of("GET /room/r/events HTTP/1.1", "Host: localhost:" + server.port()))) {
      member.hello(KEY, Optional.empty());
      member.next("live");
      events.readUntil("event: live");
      Process pause = stop(server);
      plain.send("said meanwhile");
      newcomer.say(ChatV1Client.object("hello"));
      awaitEnd(pause);

      assertEquals("said meanwhile", text(plain));
      newcomer.next("welcome");
      events.readUntil("said meanwhile");
      // Written by the watch over connections, which has judged all of them by then.
      events.readUntil("\n:\n");
      member.publish("1", "said afterwards");
      member.next("ok");
      assertEquals("said afterwards", text(plain));
      newcomer.next("message");
      events.readUntil("said afterwards");
    }
  }
}
