package io.durablechat.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.jetty.RawWebSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an embedder types works as the documents show it, with the jars they name. */
@Timeout(120)
final class ExampleProgramsTest {
  private static final String README = "README.md";
  private static final String EMBEDDING = "docs/embedding.md";

  @TempDir private Path folder;

  @Test
  void allThatAreShownAreRun() throws IOException {
    assertEquals(List.of("EmbeddingExample", "ServerExample"), ExampleProgram.in(README));
    assertEquals(
        List.of("ArchiveExample", "JettyExample", "LoginExample"), ExampleProgram.in(EMBEDDING));
  }

  @Test
  void roomsInProcessNeedCoreAlone() throws Exception {
    try (ExampleProgram program =
        ExampleProgram.start(README, "EmbeddingExample", Set.of("chat-core"), folder)) {
      assertEquals("Ann: Hello, room", program.line());
      program.awaitEnd();
    }
  }

  @Test
  void roomsInProcessKeepTheirMessagesInAFile() throws Exception {
    Set<String> jars = Set.of("chat-core", "chat-sqlite", "sqlite-jdbc", "slf4j-api");
    for (int before = 0; before <= 2; before += 2) {
      try (ExampleProgram program =
          ExampleProgram.start(EMBEDDING, "ArchiveExample", jars, folder)) {
        assertEquals(before + 1 + " Ann: Hello, room", program.line());
        assertEquals(before + 2 + " Ann: Anybody here?", program.line());
        program.awaitEnd();
      }
    }
  }

  @Test
  void aServerOfItsOwnKeepsWhatWasSaidWhileItWasStopped() throws Exception {
    Set<String> jars = new TreeSet<>(ExampleProgram.jarsOfServer());
    jars.addAll(Set.of("chat-sqlite", "sqlite-jdbc"));
    try (ExampleProgram program = ExampleProgram.start(README, "ServerExample", jars, folder)) {
      chatUntilTheEnd(program);
    }
    try (ExampleProgram again = ExampleProgram.start(README, "ServerExample", jars, folder);
        RawWebSocket ann =
            RawWebSocket.open(again.port(), "/room/general/websocket?history=1", List.of())) {
      assertEquals("hello", ann.receiveText());
      again.enter();
      again.awaitEnd();
    }
  }

  @Test
  void anApplicationOnJettyTakesTheRoomsIn() throws Exception {
    try (ExampleProgram program =
        ExampleProgram.start(EMBEDDING, "JettyExample", ExampleProgram.jarsOfServer(), folder)) {
      chatUntilTheEnd(program);
    }
  }

  @Test
  void usersWhoHaveLoggedInSpeakUnderTheApplicationsName() throws Exception {
    try (ExampleProgram program =
        ExampleProgram.start(EMBEDDING, "LoginExample", ExampleProgram.jarsOfServer(), folder)) {
      int port = program.port();
      String path = "/room/general/websocket";
      String chatV1 = "Sec-WebSocket-Protocol: chat.v1";
      String cookie;
      try (RawWebSocket login =
          RawWebSocket.request(
              port,
              List.of("POST /login?user=ann HTTP/1.1", "Host: localhost", "Content-Length: 0"))) {
        cookie = "Cookie: " + login.header("Set-Cookie").orElseThrow().split(";", 2)[0];
      }
      try (RawWebSocket ann = RawWebSocket.open(port, path, List.of(chatV1, cookie));
          RawWebSocket nobody = RawWebSocket.plain(port, "general")) {
        ann.send("{\"type\":\"hello\"}");
        String welcome = ann.receiveText();
        assertTrue(welcome.contains("\"you\":{\"id\":\"user:ann\",\"name\":\"ann\"}"), welcome);
        assertEquals(4501, nobody.receive().closeCode());
      }
      program.enter();
      program.awaitEnd();
    }
  }

  /** Two are heard by each other, and are told of the end once somebody presses Enter. */
  private static void chatUntilTheEnd(ExampleProgram program) throws Exception {
    int port = program.port();
    try (RawWebSocket ann = RawWebSocket.plain(port, "general");
        RawWebSocket bob = RawWebSocket.plain(port, "general")) {
      bob.send("here");
      assertEquals("here", bob.receiveText());
      ann.send("hello");
      assertEquals("hello", bob.receiveText());
      program.enter();
      assertEquals(1001, bob.receive().closeCode());
      program.awaitEnd();
    }
  }
}
