package io.durablechat.tests;

import static org.junit.jupiter.api.Assumptions.abort;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The machine's own Chromium, driven by Playwright on the machine's own Node.js. Where one of them
 * is missing its tests are skipped, and say so; in CI that is a failure.
 */
record Chromium(Playwright playwright, Browser browser) implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

  private static final List<String> ARGUMENTS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  static Chromium start() {
    Path chromium =
        NAMES.stream().flatMap(Chromium::onPath).findFirst().orElseGet(Chromium::missing);
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions()
                .setEnv(
                    Map.of(
                        "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
                        "1",
                        "PLAYWRIGHT_NODEJS_PATH",
                        node().toString())));
    return new Chromium(
        playwright,
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions().setExecutablePath(chromium).setArgs(ARGUMENTS)));
  }

  static Path node() {
    return onPath("node").findFirst().orElseGet(Chromium::missing);
  }

  private static Path missing() {
    String reason = "needs chromium and node on the PATH: ./test installs them";
    if (System.getenv("CI") != null) {
      throw new AssertionError(reason);
    }
    return abort(reason);
  }

  private static Stream<Path> onPath(String program) {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable);
  }

  @Override
  public void close() {
    playwright.close();
  }
}
