package io.durablechat.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Has a fuzzer that is guided by coverage (Jazzer) make up what clients say, for a short time.
 *
 * <p>{@code -Dchat.fuzz.runs=10000000} makes it long: hours, for what clients say.
 */
final class FuzzTest {
  private static final long RUNS = Long.getLong("chat.fuzz.runs", 50_000);
  private static final long DEADLINE_MINUTES = 24 * 60;

  @ParameterizedTest
  @ValueSource(classes = {ProtocolFuzz.class, CursorFuzz.class})
  void nothingThatIsSaidDoesHarm(Class<?> target, @TempDir Path folder)
      throws IOException, InterruptedException {
    Path corpus = Files.createDirectory(folder.resolve("corpus"));
    Files.writeString(
        corpus.resolve("talk"),
        """
        {"type":"hello","name":"Ann","key":"0123456789abcdefghijkl"}\0\
        {"type":"publish","id":"1","text":"x"}
        {"type":"history","id":"2","limit":5}\0{"type":"typing","on":true}""");
    Path log = folder.resolve("log");
    Process fuzzer =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx512m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "com.code_intelligence.jazzer.Jazzer",
                    "--target_class=" + target.getName(),
                    "--instrumentation_includes=io.durablechat.**",
                    "--reproducer_path=" + folder,
                    "-artifact_prefix=" + folder + "/",
                    "-dict=" + Path.of("src", "test", "fuzz", "chat-v1.dict").toAbsolutePath(),
                    "-max_len=2000",
                    "-timeout=10",
                    "-runs=" + RUNS,
                    corpus.toString()))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertTrue(fuzzer.waitFor(DEADLINE_MINUTES, TimeUnit.MINUTES), "the fuzzer goes on and on");
    String said = Files.readString(log, UTF_8);
    assertEquals(0, fuzzer.exitValue(), said);
    assertTrue(said.contains("Done " + RUNS + " runs"), said);
    said.lines().filter(line -> line.startsWith("Done ")).forEach(System.out::println);
  }
}
