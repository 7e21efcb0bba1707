package io.durablechat.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import io.durablechat.wire.Event;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The values of {@code chat.v1} are a module for clients, which need nothing of the server. */
final class WireModuleTest {
  private static final String PROGRAM =
      """
      package own.client;

      import io.durablechat.wire.*;

      public final class Program {
        public static void main(String[] args) {
          System.out.println(Command.Publish.of("1", "Hello").toJson());
          Event event = Event.parse("{\\"type\\":\\"live\\",\\"head\\":7}");
          if (event instanceof Event.Live live) {
            System.out.print(live.head() + " in " + Program.class.getModule());
          }
        }
      }
      """;

  @Test
  void aClientRunsWithItAndGsonOnTheModulePath(@TempDir Path folder)
      throws IOException, InterruptedException, URISyntaxException {
    assertEquals(
        List.of("{\"type\":\"publish\",\"id\":\"1\",\"text\":\"Hello\"}", "7 in module own.client"),
        ModuleProgram.run(
                "own.client",
                "io.durablechat.wire",
                PROGRAM,
                List.of(Event.class, JsonElement.class),
                folder)
            .lines()
            .toList());
  }
}
