package io.durablechat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BenchTargetTest {
  @Test
  void aRoomIsTakenAsItIsNamed() {
    String url = "wss://chat.example/room/K%C3%BCche/websocket";
    assertEquals(List.of(URI.create(url)), BenchTarget.of(url, 1).rooms());
  }

  @Test
  void aServerGetsFreshRooms() {
    List<URI> rooms = BenchTarget.of("https://[::1]:8443/", 3).rooms();
    assertEquals(3, new HashSet<>(rooms).size());
    for (URI room : rooms) {
      assertTrue(
          room.toString().matches("wss://\\[::1]:8443/room/bench-[\\w-]{22}-\\d/websocket"),
          room::toString);
    }
    assertNotEquals(rooms, BenchTarget.of("https://[::1]:8443/", 3).rooms());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "localhost:8787 | 1 | names no host",
        "ws:/room/a/websocket | 1 | names no host",
        "http://bad host/ | 1 | not a URL",
        "ftp://localhost | 1 | must begin with ws://, wss://, http:// or https://",
        "ws://localhost/ | 1 | must end with /room/{name}/websocket",
        "ws://localhost/room//websocket | 1 | names no room",
        "ws://localhost/room/a%2Fb/websocket | 1 | names no room: room name holds a /",
        "ws://localhost/room/a/websocket?history=1 | 1 | no user, no ? and no #",
        "ws://localhost/room/a/websocket | 2 | --rooms goes with http://host:port",
        "http://localhost/room/a | 1 | host and port alone"
      })
  void whatIsWrongWithAnAddressIsSaid(String url, int rooms, String expected) {
    Exception e = assertThrows(IllegalArgumentException.class, () -> BenchTarget.of(url, rooms));
    assertTrue(e.getMessage().contains(expected), e::getMessage);
  }
}
