package io.durablechat.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is written is read as the same value, whatever the value is. */
final class RoundTripTest {
  private static final int VALUES = 2000;

  private final RandomValues values = new RandomValues(20261127);

  @Test
  void everyCommandIsReadAsItWasWritten() {
    Set<Class<?>> types = new HashSet<>();
    for (int i = 0; i < VALUES; i++) {
      Command command = values.command();
      String line = command.toJson();
      assertIsALineOfJson(line);
      assertEquals(Optional.of(command), ReceivedCommand.parse(line).command(), line);
      types.add(command.getClass());
    }
    assertEquals(9, types.size());
  }

  @Test
  void everyEventIsReadAsItWasWritten() {
    Set<Class<?>> types = new HashSet<>();
    for (int i = 0; i < VALUES; i++) {
      Event event = values.event();
      String line = event.toJson();
      assertIsALineOfJson(line);
      assertEquals(event, Event.parse(line), line);
      types.add(event.getClass());
    }
    assertEquals(19, types.size());
  }

  @Test
  void everyPageIsReadAsItWasWritten() {
    for (int i = 0; i < VALUES / 10; i++) {
      MessagePage page = values.page();
      String json = page.toJson();
      assertIsALineOfJson(json);
      assertEquals(page, MessagePage.parse(json), json);
    }
  }

  @Test
  void moreMembersAreNoHindranceToAClient() {
    for (int i = 0; i < VALUES; i++) {
      Event event = values.event();
      JsonObject more = JsonParser.parseString(event.toJson()).getAsJsonObject();
      more.add("x-" + values.text(), JsonParser.parseString("[{\"deep\":[null]}]"));
      more.addProperty("y-" + values.text(), values.text());
      assertEquals(event, Event.parse(more.toString()), more::toString);
    }
  }

  @Test
  void textIsEscapedAsGsonEscapesIt() {
    for (char c = 0; c < Character.MIN_SURROGATE; c++) {
      String text = "a" + c + "b";
      assertEquals(
          "{\"type\":\"publish\",\"text\":" + new JsonPrimitive(text) + "}",
          Command.Publish.of(text).toJson());
    }
  }

  @Test
  void anObjectIsAppendedToWhateverStandsBefore() {
    StringBuilder text = new StringBuilder("data: ");
    new Event.Pong().writeTo(text);
    text.append('\n');
    new Event.Live(7).writeTo(text);
    assertEquals("data: {\"type\":\"pong\"}\n{\"type\":\"live\",\"head\":7}", text.toString());
  }

  /** One that gson would write in the same way. */
  private static void assertIsALineOfJson(String line) {
    assertEquals(JsonParser.parseString(line).toString(), line);
    assertFalse(line.contains("\n"), line);
  }
}
