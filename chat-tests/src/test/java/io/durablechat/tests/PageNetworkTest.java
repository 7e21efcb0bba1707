package io.durablechat.tests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On lines that break in each way in which lines break. */
final class PageNetworkTest extends PageFixture {
  private static final int SILENCE_MILLIS = 36_000;
  private static final int CAUGHT_UP_MILLIS = 30_000;

  private PageProxy proxy;

  @BeforeEach
  void startProxy() throws IOException {
    proxy = PageProxy.to(server.port());
  }

  @AfterEach
  void stopProxy() throws IOException {
    proxy.close();
  }

  private static void assertSoonSays(Page page, List<String> texts) {
    assertThat(bodies(page))
        .hasText(
            texts.toArray(String[]::new),
            new LocatorAssertions.HasTextOptions().setTimeout(CAUGHT_UP_MILLIS));
    assertThat(page.locator("#timeline .pending")).hasCount(0);
  }

  @Test
  void aLineThatIsCutOrResetCostsNothing() throws IOException {
    Page ann = join(proxy.url(), "Ann");
    List<String> said = new ArrayList<>();
    for (int i = 1; i <= 6; i++) {
      if (i % 2 == 0) {
        proxy.cut();
      } else {
        proxy.reset();
      }
      publish("general", "missed " + i);
      said.add("missed " + i);
      assertLive(ann);
      assertSoonSays(ann, said);
      say(ann, "said " + i);
      said.add("said " + i);
      assertSoonSays(ann, said);
    }
  }

  @Test
  void aLineThatIsDeadWithoutSayingSoIsNoticedAndNothingIsLostOrDoubled() {
    Page ann = open("about:blank");
    ann.clock().install();
    ann.navigate(proxy.url() + "?name=Ann");
    assertLive(ann);
    say(ann, "before");
    assertSays(ann, "before");

    proxy.freeze();
    say(ann, "into the void");
    assertThat(ann.locator("#timeline .pending")).hasCount(1);
    ann.clock().fastForward(SILENCE_MILLIS);
    assertThat(ann.locator("#status")).hasText(Pattern.compile("Offline|Connecting"));
    proxy.thaw();
    assertLive(ann);
    assertSoonSays(ann, List.of("before", "into the void"));
    assertEquals(List.of(), complaints);
  }
}
