package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.durablechat.gateway.FakeRequest;
import io.durablechat.gateway.http.HeaderList;
import io.durablechat.gateway.http.RoomPath;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.util.URIUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of rooms in paths, and lists in headers. */
final class RoomPathTest {
  private static Optional<String> segment(String path) {
    return RoomPath.of(new FakeRequest("GET", path)).map(RoomPath::segment);
  }

  @Test
  void eachCharacterIsEncodedAsJettyDoes() {
    for (int c = 0; c < 0x300; c++) {
      String name = String.valueOf((char) c);
      assertEquals(URIUtil.encodePath(name), RoomPath.encoded(name));
    }
    assertEquals(URIUtil.encodePath("\ud83d\ude00"), RoomPath.encoded("\ud83d\ude00"));
  }

  @ParameterizedTest
  @CsvSource({"a%3Bb, a;b", "a%23b%25, a#b%", "K\u00fcche%3F, K\u00fcche?", "a%C3%BC, a\u00fc"})
  void whatWasLeftEncodedIsDecoded(String written, String name) {
    assertEquals(Optional.of(name), segment("/room/" + written + "/messages"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a%", "a%2", "a%zz", "a%ff"})
  void whatCannotBeDecodedIsNoRoom(String written) {
    assertEquals(Optional.empty(), segment("/room/" + written + "/messages"));
  }

  @Test
  void commasInQuotesDoNotEndAnElement() {
    assertEquals(
        List.of("a", "\"b, \\\"c\"", "d"),
        HeaderList.elements(List.of(" a ,, \"b, \\\"c\"", "d", " ")));
    assertEquals(List.of("a", "b, \"c"), HeaderList.unquoted(List.of("a, \"b, \\\"c\"")));
  }
}
