package io.durablechat.gateway.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.durablechat.core.Member;
import io.durablechat.core.RoomName;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RoomRulesTest {
  private static final RoomRules RULES =
      RoomRules.parse(
          """
          [{"who": "user:bob", "rooms": "*", "may": []},
           {"who": "guests", "rooms": "lobby", "may": ["join", "read", "publish"]},
           {"rooms": "news-*", "may": ["join", "read"]},
           {"who": "user:ann", "rooms": "*", "may": ["join", "read", "publish"]},
           {"who": "users", "rooms": "team.*", "may": ["join", "read"]}]""");

  @ParameterizedTest
  @CsvSource({
    "guest:x, lobby, join read publish",
    "guest:x, Lobby, ''",
    "guest:x, lobby2, ''",
    "guest:x, news-, join read",
    "guest:x, news-a-b, join read",
    "guest:x, team.a, ''",
    "user:ann, lobby, join read publish",
    "user:ann, news-a, join read",
    "user:ann2, lobby, ''",
    "user:cyd, team.a, join read",
    "user:cyd, team-a, ''",
    "user:cyd, my.team.a, ''",
    "user:bob, news-a, ''"
  })
  void theFirstRuleThatFitsDecides(String identity, String room, String may) {
    Member member = new Member(identity, Optional.empty());
    String rights =
        RULES.of(member, identity.startsWith("guest:")).in(RoomName.of(room)).stream()
            .map(right -> right.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(" "));
    assertEquals(may, rights);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[",
        "[{}]",
        "[null]",
        "null",
        "[{\"rooms\": \"x\"}]",
        "[{\"may\": []}]",
        "[{\"rooms\": \"\", \"may\": []}]",
        "[{\"rooms\": \"x\", \"may\": [\"everything\"]}]",
        "[{\"rooms\": \"x\", \"may\": [null]}]",
        "[{\"rooms\": \"x\", \"may\": \"join\"}]",
        "[{\"user\": \"user:ann\", \"rooms\": \"x\", \"may\": [\"moderate\"]}]",
        "[{\"who\": \"gusts\", \"rooms\": \"x\", \"may\": [\"join\"]}]",
        "[{\"who\": \"\", \"rooms\": \"x\", \"may\": [\"join\"]}]",
        "[{\"who\": 7, \"rooms\": \"x\", \"may\": [\"join\"]}]",
        "[{\"rooms\": \"x\", \"rooms\": \"y\", \"may\": [\"join\"]}]",
        "[7]"
      })
  void whatIsWrongIsSaidInOneLine(String json) {
    IllegalArgumentException wrong =
        assertThrows(IllegalArgumentException.class, () -> RoomRules.parse(json));
    assertEquals(1, wrong.getMessage().lines().count(), wrong::getMessage);
    assertFalse(wrong.getMessage().contains("Exception"), wrong::getMessage);
  }
}
