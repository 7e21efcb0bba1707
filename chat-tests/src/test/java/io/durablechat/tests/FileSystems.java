package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** File systems of a test's own, which only root can mount. */
final class FileSystems implements AutoCloseable {
  /** Set where the tests that need root must not be left out. */
  private static final String REQUIRED = "CHAT_TEST_MOUNTS";

  private final List<Path> mounted = new ArrayList<>();

  /** An ext4 file system in a new file of this size. */
  Path image(Path file, int mebibytes) throws IOException, InterruptedException {
    run("truncate", "-s", mebibytes + "M", file.toString());
    run("mkfs.ext4", "-q", "-F", file.toString());
    return file;
  }

  /** Mounts what is in a file. */
  Path mount(Path image, Path on) throws IOException, InterruptedException {
    return mounted(on, "mount", "-o", "loop", image.toString(), on.toString());
  }

  /** Mounts a file system in memory. */
  Path memory(int mebibytes, Path on) throws IOException, InterruptedException {
    return mounted(
        on, "mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", on.toString());
  }

  /** Changes the size of one in memory. */
  void resize(Path memory, int mebibytes) throws IOException, InterruptedException {
    run("mount", "-o", "remount,size=" + mebibytes + "m", memory.toString());
  }

  private Path mounted(Path on, String... command) throws IOException, InterruptedException {
    Files.createDirectories(on);
    run(command);
    mounted.add(on);
    return on;
  }

  /** Leaves the test out, with the reason, where it cannot run; fails it where it must. */
  static void require() throws IOException, InterruptedException {
    String reason = "";
    if (!"root".equals(System.getProperty("user.name"))) {
      reason = "only root can mount file systems";
    } else {
      Path probe = Files.createTempDirectory("chat-mount");
      try (FileSystems fileSystems = new FileSystems()) {
        Path image = fileSystems.image(probe.resolve("image"), 8);
        fileSystems.mount(image, probe.resolve("mount"));
        Files.delete(image);
      } catch (AssertionError | IOException e) {
        reason = "file systems cannot be mounted here: " + e.getMessage();
      }
    }
    if (!reason.isEmpty() && System.getenv(REQUIRED) != null) {
      fail(REQUIRED + " is set, but " + reason);
    }
    if (!reason.isEmpty()) {
      abort(reason);
    }
  }

  static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ": " + said);
  }

  @Override
  public void close() throws IOException {
    try {
      for (Path mount : mounted) {
        run("umount", "-l", mount.toString());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted before all was unmounted", e);
    }
  }
}
