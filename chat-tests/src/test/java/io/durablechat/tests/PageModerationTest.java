package io.durablechat.tests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Page;
import io.durablechat.core.Member;
import io.durablechat.core.RoomName;
import io.durablechat.core.Ruling;
import io.durablechat.core.Ruling.Action;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.auth.RoomRules;
import io.durablechat.jetty.ChatServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What those who moderate do, as the page shows it. */
final class PageModerationTest extends PageFixture {
  private static final Member MODERATOR = new Member("user:mod", Optional.empty());
  private static final RoomName ROOM = RoomName.of("general");
  private static final RoomRules ALL_MODERATE =
      RoomRules.parse(
          """
          [{"rooms": "*", "may": ["join", "read", "publish", "moderate"]}]""");
  private static final RoomRules ALL_READ =
      RoomRules.parse("[{\"rooms\": \"*\", \"may\": [\"join\", \"read\"]}]");

  private static final RoomRules NOBODY = RoomRules.parse("[]");
  private static final byte[] SECRET = new byte[32];

  /** The same rooms for others, who may do something else there. */
  private ChatServer serve(RoomRules rules) throws IOException {
    ChatServer started =
        ChatServer.of(rooms)
            .port(0)
            .files(ProjectFiles.frontend())
            .endpoint(EndpointSettings.DEFAULT.rules(rules).serverSecret(SECRET))
            .build();
    started.start();
    return started;
  }

  private static String url(ChatServer server) {
    return "http://localhost:" + server.port() + "/";
  }

  private void rule(Ruling ruling) {
    rooms.moderation().orElseThrow().rule(MODERATOR, ruling).toCompletableFuture().join();
  }

  @Test
  void aDeletedMessageIsGoneForAll() throws IOException {
    try (ChatServer moderators = serve(ALL_MODERATE)) {
      Page bob = join(url(), "Bob");
      Page mod = join(url(moderators), "Mod");
      say(bob, "rude");
      say(bob, "kind");
      assertSays(mod, "rude", "kind");
      bodies(bob).first().hover();
      assertThat(button(bob, "Delete message")).hasCount(0);

      mod.onDialog(Dialog::accept);
      bodies(mod).first().hover();
      button(mod, "Delete message").click();
      assertSays(mod, "kind");
      assertSays(bob, "kind");
      assertThat(bob.locator("#timeline .deleted")).hasText("A message was deleted.");
      // Nobody thinks that something was missed.
      say(bob, "next");
      assertSays(mod, "kind", "next");
      bodies(mod).first().hover();
      button(mod, "Delete message").click();
      assertSays(mod, "next");
      // However many lie next to each other, they are one line.
      for (Page page : List.of(mod, bob)) {
        assertThat(page.locator("#timeline .deleted")).hasText("2 messages were deleted.");
      }
      bob.reload();
      assertLive(bob);
      assertSays(bob, "next");
      assertEquals(List.of(), complaints);
    }
  }

  @Test
  void inALockedRoomOneReads() {
    Page bob = join(url(), "Bob");
    rule(Ruling.of(Action.LOCK, ROOM));
    assertThat(field(bob)).isDisabled();
    assertThat(bob.locator("#problem"))
        .hasText("This room is locked: only those who moderate it can write.");
    bob.reload();
    assertThat(field(bob)).isDisabled();
    rule(Ruling.of(Action.UNLOCK, ROOM));
    assertThat(field(bob)).isEnabled();
    say(bob, "at last");
    assertSays(bob, "at last");
  }

  @Test
  void whoMayOnlyReadIsToldSo() throws IOException {
    try (ChatServer readers = serve(ALL_READ)) {
      Page bob = join(url(readers), "Bob");
      assertThat(field(bob)).isDisabled();
      assertThat(bob.locator("#problem")).hasText("You can read here, but not write.");
    }
  }

  @Test
  void aLinkWithAnInviteLetsIn() throws IOException {
    try (ChatServer moderators = serve(ALL_MODERATE);
        ChatServer closed = serve(NOBODY);
        ChatV1Client mod = new ChatV1Client(moderators.port(), "general")) {
      mod.hello("moderator-0123456789abcdef", Optional.empty());
      JsonObject ask = ChatV1Client.object("moderate");
      ask.addProperty("id", "i");
      ask.addProperty("action", "invite");
      mod.say(ask);
      String invite = mod.next("ok").get("invite").getAsString();

      Page bob = open(url(closed) + "?name=Bob");
      assertThat(bob.locator("#status")).hasText("Disconnected: not allowed in this room");
      bob.navigate(url(closed) + "?name=Bob#invite=" + invite);
      bob.reload();
      assertLive(bob);
      bob.navigate(url(closed) + "?name=Bob");
      bob.reload();
      assertLive(bob);
    }
  }

  @Test
  void inASlowRoomTheNextMessageWaits() {
    Page bob = join(url(), "Bob");
    rule(Ruling.slow(ROOM, Duration.ofSeconds(2)));
    say(bob, "one");
    say(bob, "two");
    assertSays(bob, "one", "two");
    rule(Ruling.slow(ROOM, Duration.ofHours(1)));
    say(bob, "three");
    assertThat(bob.locator("#timeline .failed"))
        .containsText("not sent: this room goes slowly: one message in 3600 s");
  }

  @Test
  void whoIsBannedStaysAway() {
    Page bob = join(url(), "Bob");
    String identity = rooms.room(ROOM).members().toCompletableFuture().join().get(0).identity();
    rule(Ruling.of(Action.BAN, Optional.empty(), identity));
    assertThat(bob.locator("#status")).hasText("Disconnected: you are banned");
    button(bob, "Connect now").click();
    assertThat(bob.locator("#status")).hasText("Disconnected: you are banned");
  }
}
