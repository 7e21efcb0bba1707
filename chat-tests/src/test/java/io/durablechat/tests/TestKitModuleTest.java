package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Room;
import io.durablechat.testkit.BroadcasterContract;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.commons.JUnitException;
import org.opentest4j.AssertionFailedError;

/** The test kit shares no package with core: a module of an application's own can require both. */
final class TestKitModuleTest {
  private static final String MODULE =
      """
      module own.engine {
        requires io.durablechat.testkit;
      }
      """;

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
    List<String> jars = new ArrayList<>();
    for (Class<?> type :
        List.of(
            BroadcasterContract.class,
            Room.class,
            Test.class,
            JUnitException.class,
            AssertionFailedError.class,
            API.class,
            NullMarked.class)) {
      jars.add(Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()) + "");
    }
    String path = String.join(File.pathSeparator, jars);
    Path sources = Files.createDirectories(folder.resolve("sources/own/engine"));
    Path classes = folder.resolve("classes");
    Path module = Files.writeString(folder.resolve("sources/module-info.java"), MODULE);
    Path source = Files.writeString(sources.resolve("Program.java"), PROGRAM);
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-p", path, "-d", classes + "", module + "", source + "");
    assertEquals(0, compiled);

    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-p",
                path + File.pathSeparator + classes,
                "-m",
                "own.engine/own.engine.Program")
            .redirectErrorStream(true)
            .start();
    assertEquals(
        "[Hello] in module own.engine", new String(program.getInputStream().readAllBytes(), UTF_8));
    assertTrue(program.waitFor(20, TimeUnit.SECONDS));
    assertEquals(0, program.exitValue());
  }
}
