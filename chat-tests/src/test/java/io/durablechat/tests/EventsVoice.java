package io.durablechat.tests;

import io.durablechat.jetty.RawWebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Somebody in a {@link Conversation} who listens to server-sent events. */
final class EventsVoice implements AutoCloseable {
  private final Conversation conversation;
  private final String who;
  private final String room;
  private final RawWebSocket socket;
  private final ServerSentEvents events;

  EventsVoice(
      Conversation conversation, String who, String room, String query, List<String> headers) {
    this.conversation = conversation;
    this.who = who;
    this.room = room;
    conversation.placeholders().room(room);
    String request = "GET /room/" + room + "/events" + query;
    List<String> lines = new ArrayList<>(conversation.requestLines(who, room, request, headers));
    socket = RawWebSocket.request(conversation.port(), lines);
    conversation.head(who, room, socket);
    events = new ServerSentEvents(socket);
  }

  /** Hears so many events, and returns the id of the last that has one. */
  String hears(int count) {
    String id = "";
    for (int i = 0; i < count; i++) {
      String event = events.next().orElseThrow();
      conversation.received(who, room, event);
      id = event.lines().filter(line -> line.startsWith("id: ")).findFirst().orElse(id);
    }
    return id.replaceFirst("id: ", "");
  }

  /** Hears that nothing more comes. */
  void hearsTheEnd() {
    Optional<String> more = events.next();
    if (more.isPresent()) {
      throw new AssertionError(who + " heard more: " + more.get());
    }
    conversation.received(who, room, "(the end)");
  }

  @Override
  public void close() {
    socket.close();
  }
}
