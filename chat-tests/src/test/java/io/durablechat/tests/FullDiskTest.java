package io.durablechat.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.durablechat.jetty.RawWebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose file system fills up under load. */
final class FullDiskTest {
  private static final int ASKED = 5000;
  private static final int SIZE_MIB = 6;
  private static final int LARGER_MIB = 32;
  private static final String KEY = "publisher-0123456789-abcdef";
  private static final String TEXT = "x".repeat(10_000);
  private static final int TOO_MANY = 2000;

  @TempDir private Path folder;

  @Test
  void publishersAreToldReadersGoOnAndItRecovers() throws Exception {
    FileSystems.require();
    try (FileSystems fileSystems = new FileSystems()) {
      Path disk = fileSystems.memory(SIZE_MIB, folder.resolve("disk"));
      String data = disk.resolve("data").toString();
      long kept = 0;
      try (ServerProcess server = ServerProcess.serve("--data", data);
          ChatV1Client ann = new ChatV1Client(server.port(), "general");
          ChatV1Client bob = new ChatV1Client(server.port(), "general")) {
        ann.hello(KEY, Optional.empty());
        String cursor = bob.hello(KEY, Optional.empty()).get("cursor").getAsString();

        JsonObject error = null;
        while (error == null && kept < TOO_MANY) {
          JsonObject answer = publish(ann, "" + kept);
          if (answer.get("type").getAsString().equals("ok")) {
            kept++;
          } else {
            error = answer;
          }
        }
        assertEquals("storage", error.get("code").getAsString());
        assertTrue(error.get("retryAfter").getAsLong() > 0);
        // It stays so, and whoever reads does not notice.
        assertEquals("error", publish(ann, "" + kept).get("type").getAsString());
        for (long i = 1; i <= kept; i++) {
          assertEquals(i, bob.next("message").get("seq").getAsLong());
        }
        try (ChatV1Client back = new ChatV1Client(server.port(), "general")) {
          assertEquals("exact", back.hello(KEY, Optional.of(cursor)).get("resume").getAsString());
          assertEquals(1, back.next("message").get("seq").getAsLong());
        }
        try (RawWebSocket health =
            RawWebSocket.request(
                server.port(), List.of("GET /healthz HTTP/1.1", "Host: localhost"))) {
          assertEquals(200, health.status());
        }

        assertEquals(503, ready(server));

        fileSystems.resize(disk, LARGER_MIB);
        // It finds out by itself, for nobody may be sent here to find out by publishing.
        for (int i = 0; i < ASKED && ready(server) != 200; i++) {
          Thread.onSpinWait();
        }
        assertEquals(200, ready(server));
        JsonObject ok = publish(ann, "" + kept);
        assertEquals("ok", ok.get("type").getAsString());
        assertEquals(kept + 1, ok.get("seq").getAsLong());
        assertEquals(143, server.terminate());
        List<String> said =
            server.errors().lines().filter(line -> !line.contains("checkpoint")).toList();
        assertEquals(2, said.size(), said::toString);
        assertTrue(said.get(0).contains("The log cannot keep messages"), said::toString);
        assertTrue(said.get(1).contains("The log keeps messages again"), said::toString);
      }
      assertEquals(
          new ServerProcess.Outcome(0, "1 rooms, " + (kept + 1) + " messages: all whole", ""),
          ServerProcess.run("verify", "--data", data));
    }
  }

  @Test
  void aDiskThatIsFullAtTheStartIsOneLine() throws Exception {
    FileSystems.require();
    try (FileSystems fileSystems = new FileSystems()) {
      Path disk = fileSystems.memory(1, folder.resolve("disk"));
      Files.write(disk.resolve("ballast"), new byte[(1 << 20) - (8 << 10)]);
      ServerProcess.Outcome outcome =
          ServerProcess.run("serve", "--port", "0", "--data", disk.resolve("data").toString());
      assertEquals(1, outcome.exitCode());
      assertEquals(1, outcome.err().lines().count(), outcome::err);
      assertTrue(outcome.err().startsWith("chat-cli: cannot"), outcome::err);
      assertTrue(outcome.err().contains("full"), outcome::err);
    }
  }

  private static int ready(ServerProcess server) {
    try (RawWebSocket ready =
        RawWebSocket.request(server.port(), List.of("GET /readyz HTTP/1.1", "Host: localhost"))) {
      return ready.status();
    }
  }

  private static JsonObject publish(ChatV1Client client, String id) {
    client.publish(id, TEXT);
    JsonObject answer = client.next();
    while (!List.of("ok", "error").contains(answer.get("type").getAsString())) {
      answer = client.next();
    }
    return answer;
  }
}
