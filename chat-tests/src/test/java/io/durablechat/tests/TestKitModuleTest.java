package io.durablechat.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.durablechat.core.Room;
import io.durablechat.testkit.BroadcasterContract;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.commons.JUnitException;
import org.opentest4j.AssertionFailedError;

/** The test kit shares no package with core: a module of an application's own can require both. */
final class TestKitModuleTest {
  /** Also an engine's test, which is only compiled: it is not run without JUnit's engine. */
  private static final String PROGRAM =
      """
      package own.engine;

      import io.durablechat.core.*;
      import io.durablechat.testkit.*;

      public final class Program extends BroadcasterContract {
        @Override
        protected Broadcaster open() {
          return FaultyBroadcaster.on(LocalBroadcaster.inMemory());
        }

        public static void main(String[] args) {
          SteppedExecutor executor = new SteppedExecutor();
          RecordingOutbox outbox = new RecordingOutbox();
          RoomDirectory rooms =
              RoomDirectory.on(new Program().open()).executors(executor, executor).open();
          Room room = rooms.room(RoomName.of("general"));
          room.join(Member.anonymous(), Start.live(), outbox);
          room.publish(Member.anonymous(), Draft.text("Hello"));
          executor.runAll();
          System.out.print(outbox.texts() + " in " + Program.class.getModule());
        }
      }
      """;

  @Test
  void aModuleOfOnesOwnRunsWithTheKitOnTheModulePath(@TempDir Path folder)
      throws IOException, InterruptedException, URISyntaxException {
    assertEquals(
        "[Hello] in module own.engine",
        ModuleProgram.run(
            "own.engine",
            "io.durablechat.testkit",
            PROGRAM,
            List.of(
                BroadcasterContract.class,
                Room.class,
                Test.class,
                JUnitException.class,
                AssertionFailedError.class,
                API.class,
                NullMarked.class),
            folder));
  }
}
