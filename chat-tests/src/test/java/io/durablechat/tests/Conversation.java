package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.durablechat.jetty.RawWebSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A conversation of several clients with the packaged server, word for word, compared with the one
 * that was recorded: {@code <} is what the server said, {@code >} what a client said, {@code >+}
 * what it said in the same frame. {@code -Dconversations.record=true} records anew.
 *
 * <p>Nobody says anything before what the server has to say is heard, so that it is the same in
 * every run. What answers to one step in no promised order is written in the order of the script.
 */
final class Conversation implements AutoCloseable {
  private static final boolean RECORDS = Boolean.getBoolean("conversations.record");
  private static final Path RECORDED =
      ProjectFiles.root().resolve("chat-tests/src/test/resources/conversations");
  private static final Path PLAYED = ProjectFiles.root().resolve("chat-tests/target/conversations");

  private static final String LEGEND =
      "# > said by a client, >+ in the same frame, < said by the server\n";

  private static final Pattern PRESENCE =
      Pattern.compile("\"count\":\\d+(,\"members\":\\[.*?])?,\"version\":\\d+");

  private final StringBuilder transcript = new StringBuilder(LEGEND);
  private final Placeholders placeholders = new Placeholders();
  private final List<String> options;
  private ServerProcess server;
  private boolean hidesPresence;

  /** What is said. */
  interface Script {
    void play(Conversation conversation) throws Exception;
  }

  private Conversation(List<String> options) throws IOException {
    this.options = options;
    serve();
  }

  /** Plays a conversation by Jetty's own WebSockets and by the Jakarta API. */
  static void playTwice(String name, Script script, String... options) throws Exception {
    play(name, script, options);
    String[] jakarta = Arrays.copyOf(options, options.length + 1);
    jakarta[options.length] = "--jakarta";
    compare(name, played(script, jakarta));
  }

  /** Plays a conversation and compares it with the recorded one, or records it. */
  static void play(String name, Script script, String... options) throws Exception {
    String transcript = played(script, options);
    if (RECORDS) {
      Files.createDirectories(RECORDED);
      Files.writeString(RECORDED.resolve(name + ".txt"), transcript);
    }
    compare(name, transcript);
  }

  private static String played(Script script, String... options) throws Exception {
    try (Conversation conversation = new Conversation(List.of(options))) {
      try {
        script.play(conversation);
      } catch (Exception | AssertionError e) {
        throw new AssertionError("after this was said:\n" + conversation.transcript, e);
      }
      return conversation.transcript.toString();
    }
  }

  private static void compare(String name, String transcript) throws IOException {
    // To be compared by hand, where it differs.
    Files.createDirectories(PLAYED);
    Path played = Files.writeString(PLAYED.resolve(name + ".txt"), transcript);
    String recorded = Files.readString(RECORDED.resolve(name + ".txt"));
    List<String> expected = recorded.lines().toList();
    List<String> actual = transcript.lines().toList();
    for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
      assertEquals(expected.get(i), actual.get(i), "line " + (i + 1) + " of " + played);
    }
    assertEquals(recorded, transcript, played::toString);
  }

  private void serve() throws IOException {
    server = ServerProcess.serve(options.toArray(String[]::new));
  }

  /** Has the server stop in order. */
  void stop() throws InterruptedException {
    transcript.append("\n# The server stops.\n");
    server.terminate();
  }

  /** Starts the server again, as it was. */
  void startAgain() throws IOException {
    transcript.append("\n# The server is started again.\n");
    serve();
  }

  int port() {
    return server.port();
  }

  Placeholders placeholders() {
    return placeholders;
  }

  /**
   * Does not show from now on who is in a room where sessions begin: those who are cut off leave
   * when the server notices.
   */
  void hidePresence() {
    hidesPresence = true;
  }

  /** Says what comes next. */
  void note(String text) {
    transcript.append("\n# ").append(text).append('\n');
  }

  void sent(String who, String room, String text) {
    write(who, " > ", room, text);
  }

  void sentToo(String who, String room, String text) {
    write(who, " >+ ", room, text);
  }

  void received(String who, String room, String text) {
    write(who, " < ", room, text);
  }

  private void write(String who, String sign, String room, String text) {
    String shown = placeholders.replace(room, text);
    (hidesPresence ? PRESENCE.matcher(shown).replaceAll("\"count\":<of those there>") : shown)
        .lines()
        .forEach(line -> transcript.append((who + sign + line).stripTrailing()).append('\n'));
  }

  /** Somebody who speaks {@code chat.v1}. */
  ChatV1Voice chat(String who, String room, String... headers) {
    return new ChatV1Voice(this, who, room, List.of(headers));
  }

  /** Somebody who speaks plainly; a query may follow. */
  PlainVoice plain(String who, String room, String query) {
    return new PlainVoice(this, who, room, query);
  }

  /** Somebody who listens to events. */
  EventsVoice events(String who, String room, String query, String... headers) {
    return new EventsVoice(this, who, room, query, List.of(headers));
  }

  /** A request and its answer; returns the body. */
  String ask(String who, String request, String... headers) {
    return ask(who, request, Optional.empty(), headers);
  }

  /** A request with a body. */
  String post(String who, String request, String body, String... headers) {
    return ask(who, request, Optional.of(body), headers);
  }

  private String ask(String who, String request, Optional<String> body, String... headers) {
    String room = roomOf(request);
    List<String> lines = requestLines(who, room, request, List.of(headers));
    body.ifPresent(text -> sent(who, room, text));
    body.ifPresent(text -> lines.add("Content-Length: " + text.getBytes(UTF_8).length));
    byte[] bytes = body.orElse("").getBytes(UTF_8);
    try (RawWebSocket answer = RawWebSocket.request(port(), lines, bytes)) {
      head(who, room, answer);
      String answered = request.startsWith("HEAD ") ? "" : body(answer);
      received(who, room, answered);
      return answered;
    }
  }

  private static String body(RawWebSocket answer) {
    return new String(answer.body().getBytes(ISO_8859_1), UTF_8);
  }

  private static String roomOf(String request) {
    return request.contains("/room/") ? request.replaceFirst(".*/room/([^/]*)/.*", "$1") : "";
  }

  /** Tries a handshake with further headers, and shows what is answered. */
  void handshake(String who, String path, String... headers) {
    sent(who, "", "GET " + path + ", to become a WebSocket");
    List.of(headers).forEach(header -> sent(who, "", header));
    try (RawWebSocket answer = RawWebSocket.handshake(port(), path, List.of(headers))) {
      head(who, "", answer);
      if (answer.status() != 101) {
        received(who, "", body(answer));
      }
    }
  }

  List<String> requestLines(String who, String room, String request, List<String> headers) {
    sent(who, room, request);
    headers.forEach(header -> sent(who, room, header));
    List<String> lines = new ArrayList<>();
    lines.add(request + " HTTP/1.1");
    if (headers.stream().noneMatch(header -> header.startsWith("Host:"))) {
      lines.add("Host: localhost:" + port());
    }
    lines.addAll(headers);
    return lines;
  }

  /** Shows the head of an answer; the order of headers means nothing. */
  void head(String who, String room, RawWebSocket answer) {
    List<String> lines = answer.head().strip().lines().toList();
    received(who, room, lines.get(0));
    lines.stream()
        .skip(1)
        .sorted(Comparator.naturalOrder())
        .forEach(header -> received(who, room, header));
  }

  @Override
  public void close() {
    server.close();
  }
}
