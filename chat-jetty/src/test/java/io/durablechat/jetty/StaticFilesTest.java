package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StaticFilesTest {
  @TempDir private Path folder;
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    Path page = Files.createDirectories(folder.resolve("page"));
    Files.writeString(page.resolve("index.html"), "<p>page");
    Files.writeString(page.resolve("app.mjs"), "export {}");
    Files.writeString(page.resolve(".secret"), "SECRET");
    Files.writeString(Files.createDirectories(page.resolve(".git")).resolve("config"), "SECRET");
    Files.writeString(Files.createDirectories(page.resolve("sub")).resolve("a b.txt"), "inner");
    Files.writeString(folder.resolve("outside.txt"), "SECRET");
    Files.createSymbolicLink(page.resolve("out.txt"), folder.resolve("outside.txt"));
    Files.createSymbolicLink(page.resolve("up"), folder);
    Files.createSymbolicLink(page.resolve("hidden.txt"), page.resolve(".secret"));
    Files.createSymbolicLink(page.resolve("in.txt"), page.resolve("sub/a b.txt"));
    server = TestServer.start(rooms -> rooms, settings -> settings.files(page));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RawWebSocket get(String path, String... headers) {
    return request("GET", path, headers);
  }

  private RawWebSocket request(String method, String path, String... headers) {
    List<String> lines =
        new ArrayList<>(
            List.of(method + " " + path + " HTTP/1.1", "Host: localhost:" + server.port()));
    lines.addAll(List.of(headers));
    return RawWebSocket.request(server.port(), lines);
  }

  @Test
  void whatIsNoFileIsNotThere() throws IOException, InterruptedException {
    Path pipe = folder.resolve("page/pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    try (RawWebSocket answer = get("/pipe")) {
      assertEquals(404, answer.status());
    }
  }

  @Test
  void servesTheFolder() {
    try (RawWebSocket index = get("/")) {
      assertEquals(200, index.status());
      assertEquals("<p>page", index.body());
      assertTrue(index.header("Content-Type").orElse("").startsWith("text/html"));
      assertEquals("no-cache", index.header("Cache-Control").orElse(""));
      assertEquals("frame-ancestors 'self'", index.header("Content-Security-Policy").orElse(""));
      assertEquals("same-origin", index.header("Referrer-Policy").orElse(""));
      String tag = index.header("ETag").orElseThrow();
      try (RawWebSocket again = get("/", "If-None-Match: " + tag)) {
        assertEquals(304, again.status());
      }
    }
    try (RawWebSocket script = get("/app.mjs")) {
      assertTrue(script.header("Content-Type").orElse("").startsWith("text/javascript"));
    }
    for (String path : List.of("/sub/a%20b.txt", "/in.txt")) {
      try (RawWebSocket inner = get(path)) {
        assertEquals("inner", inner.body());
      }
    }
  }

  @Test
  void compressesTextForWhoAsksForIt() throws IOException {
    Files.writeString(folder.resolve("page/long.js"), "// the same again\n".repeat(1000));
    try (RawWebSocket script = get("/long.js", "Accept-Encoding: gzip")) {
      assertEquals("gzip", script.header("Content-Encoding").orElse(""));
      assertEquals("Accept-Encoding", script.header("Vary").orElse(""));
      String tag = script.header("ETag").orElseThrow();
      try (RawWebSocket again = get("/long.js", "Accept-Encoding: gzip", "If-None-Match: " + tag)) {
        assertEquals(304, again.status());
      }
    }
    try (RawWebSocket part = get("/long.js", "Accept-Encoding: gzip", "Range: bytes=0-1")) {
      assertEquals(206, part.status());
      assertTrue(part.header("Content-Encoding").isEmpty());
      assertEquals("//", part.body());
    }
    try (RawWebSocket script = get("/long.js")) {
      assertTrue(script.header("Content-Encoding").isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "/sub/../../outside.txt",
        "/sub/%2e%2e/%2e%2e/outside.txt",
        "/..;/outside.txt",
        "/..%5coutside.txt",
        "/%c0%ae%c0%ae/outside.txt",
        "//outside.txt",
        "//../outside.txt",
        "/out.txt",
        "/up/outside.txt",
        "/hidden.txt",
        "/up/page/.secret",
        "/.secret",
        "/.git/config",
        "/%2esecret",
        "/%2Egit/config",
        "/sub/../.secret",
        "/./.secret",
        "/.secret;x=1",
        "/index.html%00",
        "/sub/",
        "/.",
        "/nothing"
      })
  void servesNothingElse(String path) {
    try (RawWebSocket answer = get(path)) {
      String body = answer.body();
      assertFalse(body.contains("SECRET"), body);
      assertFalse(body.contains("a b.txt"), body);
      if (!path.equals("/.")) {
        assertTrue(answer.status() >= 400 && answer.status() < 500, "" + answer.status());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "TRACE", "OPTIONS"})
  void onlyReads(String method) {
    try (RawWebSocket answer = request(method, "/index.html", "Content-Length: 0")) {
      assertEquals(405, answer.status());
      assertEquals("GET, HEAD", answer.header("Allow").orElse(""));
    }
  }
}
