package io.durablechat.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The conversations that show the wire as it is are made of these values, to the last byte. */
final class RecordedConversationsTest {
  private static final Path FOLDER = Path.of("../chat-tests/src/test/resources/conversations");

  private static final Pattern LINE = Pattern.compile("(\\w+) (>\\+?|<) (?:data: )?(.*)");

  /** A number, where there is a name for what differs from one run to the next. */
  private static final Pattern PLACEHOLDER = Pattern.compile("(?<=\":)<[^<>\"]*>");

  private static final String COUNT = "\"count\":<of those there>";

  /** A line, and where it was said. */
  private record Said(String where, String json) {}

  private static final List<Said> byServers = new ArrayList<>();
  private static final List<Said> byClients = new ArrayList<>();

  /** Lines of clients that were not answered by an error. */
  private static final List<Said> understood = new ArrayList<>();

  @BeforeAll
  static void read() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.sorted().toList()) {
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
          read(file.getFileName() + ":" + (i + 1), lines, i);
        }
      }
    }
  }

  private static void read(String where, List<String> lines, int at) {
    Matcher line = LINE.matcher(lines.get(at));
    if (!line.matches() || !line.group(3).startsWith("{\"type\":")) {
      return;
    }
    // Which members are there depends on what else runs: the version goes with their number.
    String json = line.group(3).replace(COUNT, COUNT + ",\"version\":1");
    Said said = new Said(where, PLACEHOLDER.matcher(json).replaceAll("1764000000000"));
    if (line.group(2).equals("<")) {
      byServers.add(new Said(where, said.json().replace("\"count\":1764000000000", "\"count\":2")));
    } else {
      byClients.add(said);
      if (at + 1 < lines.size() && !lines.get(at + 1).contains(" < {\"type\":\"error\"")) {
        understood.add(said);
      }
    }
  }

  @Test
  void everyLineOfAServerIsAnEventThatIsWrittenAsTheSameLine() {
    TreeSet<String> types = new TreeSet<>();
    for (Said said : byServers) {
      Event event = Event.parse(said.json());
      assertEquals(said.json(), event.toJson(), said.where());
      assertFalse(event instanceof Event.Unknown, said.where());
      types.add(event.getClass().getSimpleName());
    }
    assertEquals(
        "[Authenticated, Bye, Deleted, History, Live, Message, Moderated, Pong, Presence,"
            + " Published, Refusal, Renamed, Room, Typing, Welcome]",
        types.toString());
  }

  @Test
  void everyLineOfAClientThatWasUnderstoodIsACommand() {
    TreeSet<String> types = new TreeSet<>();
    for (Said said : understood) {
      Optional<Command> command = ReceivedCommand.parse(said.json()).command();
      command.ifPresent(
          known -> {
            assertEquals(command, ReceivedCommand.parse(known.toJson()).command(), said.where());
            types.add(known.getClass().getSimpleName());
          });
    }
    assertEquals(
        "[Auth, Delete, Hello, History, Moderate, Ping, Publish, Rename, Typing]",
        types.toString());
  }

  @Test
  void whatCannotBeReadIsRefusedInTheSameWords() {
    List<String> refused = new ArrayList<>();
    for (Said said : byClients) {
      try {
        ReceivedCommand.parse(said.json()).command();
      } catch (MalformedException e) {
        refused.add(e.getMessage());
      }
    }
    List<String> errors = byServers.stream().map(Said::json).toList();
    assertTrue(refused.size() > 10, refused::toString);
    for (String why : refused) {
      assertTrue(errors.stream().anyMatch(error -> error.contains(why)), why);
    }
  }
}
