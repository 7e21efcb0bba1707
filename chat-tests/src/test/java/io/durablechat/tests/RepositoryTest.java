package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is in the repository is what people wrote: no messages, no keys. */
final class RepositoryTest {
  private static final Pattern DATA_OR_KEY =
      Pattern.compile(
          "(.*/)?(chat-data/.*|[^/]*\\.(db|sqlite3?|db-wal|db-shm|key|pem|p12|pfx|jks|jfr|hprof))");
  private static final Pattern DATABASE = Pattern.compile("\\ASQLite format 3\0");
  private static final Pattern PRIVATE_KEY =
      Pattern.compile("(?m)^-----BEGIN [A-Z ]*PRIVATE KEY-----\\s*$");

  @Test
  void holdsNoDataAndNoKeys() throws IOException, InterruptedException {
    // What is about to be added, too.
    List<String> found =
        git("ls-files", "--cached", "--others", "--exclude-standard").stream()
            .filter(RepositoryTest::isDataOrKey)
            .toList();
    assertEquals(List.of(), found, "data and keys do not belong into the repository");
  }

  @Test
  void takesNoNoticeOfWhatTheFirstCommandOfTheReadmeLeaves()
      throws IOException, InterruptedException {
    List<String> left =
        Stream.of("", "chat-cli/")
            .flatMap(
                folder ->
                    Stream.of("chat.db", "chat.db-wal", "chat.db-shm", "lock", "server.key")
                        .map(name -> folder + "chat-data/" + name))
            .toList();
    List<String> command = new ArrayList<>(List.of("check-ignore"));
    command.addAll(left);
    assertEquals(left, git(command.toArray(String[]::new)));
  }

  private static boolean isDataOrKey(String name) {
    Path file = ProjectFiles.root().resolve(name);
    if (!Files.isRegularFile(file)) {
      return false;
    }
    if (DATA_OR_KEY.matcher(name).matches()) {
      return true;
    }
    try (InputStream in = Files.newInputStream(file)) {
      String content = new String(in.readAllBytes(), ISO_8859_1);
      return DATABASE.matcher(content).find() || PRIVATE_KEY.matcher(content).find();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * The lines that git prints; in what was unpacked without a repository there is nothing to see.
   */
  private static List<String> git(String... arguments) throws IOException, InterruptedException {
    assumeTrue(Files.exists(ProjectFiles.root().resolve(".git")), "no repository");
    List<String> command =
        new ArrayList<>(List.of("git", "-c", "core.quotePath=off", "-c", "safe.directory=*", "-C"));
    command.add(ProjectFiles.root().toString());
    command.addAll(Arrays.asList(arguments));
    Process git =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String printed = new String(git.getInputStream().readAllBytes(), UTF_8);
    // 1 is how check-ignore says that there is none.
    assertTrue(git.waitFor() <= 1, printed);
    return printed.lines().toList();
  }
}
