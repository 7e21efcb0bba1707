package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Submission.Stamp;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the values of this package accept, refuse and keep. */
final class ValuesTest {
  private static final String KEY = "0123456789abcdefghijkl";

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "general", "Küche", "日本語", "👋", "a b", "..", "a;b", "50%", "<script>"})
  void acceptsRoomNames(String name) {
    assertEquals(name, RoomName.of(name).value());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a/b", "/", "a\nb", "\u0000", "\u007f", "\u0085", "\ud800", "a\udc00"})
  void refusesRoomNames(String name) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> RoomName.of(name)).getMessage();
    assertTrue(message.startsWith("room name "), message);
    assertTrue(message.chars().noneMatch(Character::isISOControl), message);
  }

  @Test
  void roomNamesHoldAtMost128BytesOfUtf8() {
    assertEquals(128, RoomName.of("x".repeat(128)).value().length());
    RoomName.of("ü".repeat(64));
    assertThrows(IllegalArgumentException.class, () -> RoomName.of("x".repeat(129)));
    assertThrows(IllegalArgumentException.class, () -> RoomName.of("ü".repeat(65)));
    assertThrows(IllegalArgumentException.class, () -> RoomName.of("x".repeat(1 << 20)));
  }

  @Test
  void roomNamesThatLookTheSameAreTheSame() {
    assertEquals(RoomName.of("K\u00fcche"), RoomName.of("Ku\u0308che"));
  }

  @Test
  void aUserIsKnownByTheIdOfTheApplicationAndShownByName() {
    Member ann = Member.user("ann", "Ann");
    assertEquals("user:ann", ann.identity());
    assertEquals("Ann", ann.displayName());
    assertEquals(ann.identity(), Member.user("ann", "Anna").identity());
    assertNotEquals(ann.identity(), Member.user("Ann", "Ann").identity());
    assertEquals(256, Member.user("x".repeat(251), "Ann").identity().length());
  }

  @Test
  void whoHasNoNameIsShownByIdentity() {
    Member nobody = Member.anonymous();
    assertEquals(nobody.identity(), nobody.displayName());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\nb"})
  void refusesIdsOfUsers(String id) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Member.user(id, "Ann")).getMessage();
    assertTrue(message.startsWith("id "), message);
  }

  @Test
  void anIdOfAUserThatIsTooLongIsRefusedByTheRoomThereIsForIt() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Member.user("x".repeat(252), "Ann"))
            .getMessage();
    assertEquals("id is longer than 251 bytes of UTF-8", message);
  }

  @Test
  void aUserNeedsAName() {
    assertThrows(IllegalArgumentException.class, () -> Member.user("ann", ""));
    assertThrows(IllegalArgumentException.class, () -> Member.user("ann", "A\u202enn"));
  }

  @Test
  void aMessageThatIsBinaryOrDeletedHasNoText() {
    Member ann = Member.user("ann", "Ann");
    Entry said = new Entry(1, 0, Instant.EPOCH, ann, Draft.text("grüß dich"));
    assertEquals("grüß dich", said.text());
    assertEquals("", said.changedBy(new Content.Deletion(1)).text());
    Body data = Body.binary(ByteBuffer.wrap(new byte[] {1}));
    assertEquals("", new Entry(1, 0, Instant.EPOCH, ann, Draft.of(Content.plain(data))).text());
  }

  @Test
  void aGuestIsKnownByItsKeyAndDoesNotShowIt() {
    Member guest = Member.guest(KEY);
    assertEquals(guest, Member.guest(KEY));
    assertNotEquals(guest, Member.guest(KEY + "x"));
    assertFalse(guest.identity().contains(KEY));
    assertEquals(guest.identity(), guest.named("Ann").identity());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "short",
        "0123456789abcdefghijk",
        "0123456789abcdefghij l",
        "0123456789abcdefghijklü"
      })
  void refusesKeysThatCannotBeSecret(String key) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Member.guest(key)).getMessage();
    assertTrue(message.startsWith("key "), message);
    assertTrue(key.isEmpty() || !message.contains(key), message);
  }

  @Test
  void anonymousMembersAreNeverTheSame() {
    assertNotEquals(Member.anonymous(), Member.anonymous());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   ", "a\u0007b", "\ud800"})
  void refusesMemberNames(String name) {
    assertThrows(IllegalArgumentException.class, () -> Member.anonymous().named(name));
  }

  @Test
  void bodiesKeepTextAndBytes() {
    assertEquals("Grüße 👋", Body.text("Grüße 👋").text());
    assertEquals(12, Body.text("Grüße 👋").size());
    byte[] bytes = {0, 1, -1};
    ByteBuffer source = ByteBuffer.wrap(bytes);
    Body body = Body.binary(source);
    bytes[0] = 9;
    assertEquals(3, source.remaining());
    assertEquals(0, body.bytes().get());
    assertNotEquals(Body.text("a"), Body.binary(ByteBuffer.wrap(new byte[] {'a'})));
    assertThrows(IllegalStateException.class, body::text);
    assertThrows(IllegalArgumentException.class, () -> Body.text("\ud83d"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ü",
        "a\n",
        "01234567890123456789012345678901234567890123456789012345678901234"
      })
  void refusesDraftIds(String id) {
    assertThrows(IllegalArgumentException.class, () -> Draft.text("a").withId(id));
  }

  @Test
  void aDraftIsRestoredWithTheDigestItWasSentWith() {
    Draft sent = Draft.text("darn").withId("1").inReplyTo(7);
    Draft kept = sent.rewritten(Body.text("****"));
    Draft restored = Draft.kept(kept.content(), Optional.of("1"), sent.digest());
    assertEquals(kept, restored);
    assertArrayEquals(sent.digest(), restored.digest());
    assertArrayEquals(sent.digest(), restored.rewritten(Body.text("!")).digest());
    restored.digest()[0]++;
    assertArrayEquals(sent.digest(), restored.digest());
    Draft plain = Draft.kept(Content.plain(Body.text("a")), Optional.empty(), sent.digest());
    assertEquals(Draft.of(Content.plain(Body.text("a"))), plain);
    assertThrows(
        IllegalArgumentException.class,
        () -> Draft.kept(Content.plain(Body.text("a")), Optional.empty(), new byte[31]));
  }

  @Test
  void aGroupIsOfOneRoomAndHasEachIdAndEachDeletionOnce() {
    Member ann = Member.anonymous();
    RoomName room = RoomName.of("general");
    Submission first = new Submission(room, ann, Draft.text("a").withId("1"));
    Submission deletion = new Submission(room, ann, Draft.deletion(3));
    Stamp stamp = new Stamp(5, Instant.EPOCH);
    List<Submission> wrong =
        List.of(
            new Submission(RoomName.of("other"), ann, Draft.text("b")),
            new Submission(room, ann, Draft.text("b").withId("1")),
            deletion.with(List.of(new Submission(room, ann, Draft.text("b")))),
            deletion.stamped(stamp));
    for (Submission other : wrong) {
      assertThrows(IllegalArgumentException.class, () -> first.with(List.of(other)));
    }
    assertThrows(IllegalArgumentException.class, () -> first.with(List.of(deletion, deletion)));
    assertThrows(
        IllegalArgumentException.class,
        () -> first.stamped(stamp).with(List.of(deletion.stamped(stamp))));
    assertThrows(IllegalArgumentException.class, () -> new Stamp(0, Instant.EPOCH));
    Submission byAnother = new Submission(room, Member.anonymous(), Draft.text("b").withId("1"));
    assertEquals(2, first.with(List.of(deletion, byAnother)).others().size());
  }

  @Test
  void theDigestIsOfWhatWasSent() {
    Draft draft = Draft.text("a").withId("1");
    assertArrayEquals(draft.digest(), Draft.text("a").withId("2").digest());
    assertArrayEquals(draft.digest(), draft.rewritten(Body.text("b")).digest());
    Set<ByteBuffer> digests = new HashSet<>();
    digests.add(ByteBuffer.wrap(draft.digest()));
    digests.add(ByteBuffer.wrap(Draft.text("b").digest()));
    digests.add(ByteBuffer.wrap(draft.inReplyTo(1).digest()));
    digests.add(ByteBuffer.wrap(Draft.of(Content.plain(Body.text("a"))).digest()));
    digests.add(
        ByteBuffer.wrap(
            Draft.of(Content.plain(Body.binary(ByteBuffer.wrap(new byte[] {'a'})))).digest()));
    assertEquals(5, digests.size());
  }

  /** Files hold digests: what they are of must never change. */
  @Test
  void theDigestOfAContentIsForGood() {
    Draft reply = Draft.text("a").inReplyTo(7);
    Body data = Body.binary(ByteBuffer.wrap(new byte[] {0, -1}));
    assertEquals(
        List.of(
            "1dd7eef9eba2080c22aab0e964d9af17636bb806b8be76b217e523d003dc8f8e",
            "b0d944d63e187455cd0d1a2141da7d59f870c6778e385f4364dcc24fea315166",
            "0f434560be5c4590fda5d545ef58aa97c22fbdf5b4850781a82e2368372f74a4",
            "79155dfd035005bb2844c4383f3c7101d5146737c5005a56d7c9ac50237376cf",
            "2cdb6fa2a3f918aa3f8a66e1508dd7d1a2f6f1f52a9453821bb0ca7cddf3f983",
            "4e22c297c2bf54b9952720a6b3138993d6df68059cdd733a01cd103d4f014e61"),
        Stream.of(
                Draft.text("grüß dich"),
                reply,
                Draft.of(Content.plain(data)),
                Draft.deletion(3),
                Draft.of(new Content.Ruled(Body.text("lock\nroom here"))),
                reply.changedBy(new Content.Deletion(1)))
            .map(draft -> HexFormat.of().formatHex(draft.digest()))
            .toList());
  }

  @Test
  void aContentIsRestoredFromItsParts() {
    Body body = Body.text("hello");
    List<Content> contents =
        List.of(
            Content.said(body),
            Content.plain(body),
            new Content.Said(body, OptionalLong.of(7), false),
            new Content.Deletion(3),
            new Content.Deleted(OptionalLong.of(7)),
            new Content.Ruled(body));
    for (Content each : contents) {
      assertEquals(each, Content.of(each.kind(), each.refersTo(), each.body()));
    }
    assertEquals(
        Set.of(Content.Kind.values()),
        contents.stream().map(Content::kind).collect(Collectors.toSet()));
    assertThrows(
        IllegalArgumentException.class,
        () -> Content.of(Content.Kind.DELETE, OptionalLong.empty(), body));
  }

  @Test
  void aDeletionLeavesOfAMessageWhatItRepliedToAndOfTheRestNothing() {
    Content deletion = new Content.Deletion(3);
    Content reply = new Content.Said(Body.text("hello"), OptionalLong.of(2), false);
    Content left = deletion.appliedTo(reply);
    assertEquals(new Content.Deleted(OptionalLong.of(2)), left);
    assertEquals(left, deletion.appliedTo(left), "done once is done");
    assertEquals(OptionalLong.of(3), deletion.target());
    assertEquals(OptionalLong.empty(), reply.target(), "what it replies to stays as it is");
    assertEquals(reply, Content.said(Body.text("!")).appliedTo(reply));
  }

  @Test
  void anEntryIsAMessageUntilItIsDeleted() {
    Member ann = Member.user("ann", "Ann");
    Entry entry = new Entry(3, 2, Instant.EPOCH, ann, Draft.text("hello").inReplyTo(2));
    Message message = entry.message().orElseThrow();
    assertEquals(
        new Message(3, Instant.EPOCH, ann, Body.text("hello"), OptionalLong.of(2)), message);
    assertEquals("hello", message.text());
    Content deletion = new Content.Deletion(3);
    assertEquals(Optional.empty(), entry.changedBy(deletion).message());
    assertEquals(
        Optional.empty(), new Entry(4, 3, Instant.EPOCH, ann, Draft.of(deletion)).message());
  }

  @Test
  void onlyAMessageRepliesOrIsRewritten() {
    Draft deletion = Draft.deletion(3);
    assertThrows(IllegalArgumentException.class, () -> deletion.inReplyTo(2));
    assertEquals(deletion, deletion.rewritten(Body.text("****")));
  }

  @Test
  void cursorsSurviveTheirToken() {
    Random random = new Random(1);
    for (int i = 0; i < 1000; i++) {
      Cursor cursor =
          new Cursor(
              RoomName.of("room" + i), random.nextLong(), random.nextLong() & Long.MAX_VALUE);
      assertEquals(cursor, Cursor.parse(cursor.token(), cursor.room()));
    }
  }

  @Test
  void refusesCursorsOfOtherRooms() {
    String token = new Cursor(RoomName.of("a"), 1, 2).token();
    String message =
        assertThrows(IllegalArgumentException.class, () -> Cursor.parse(token, RoomName.of("b")))
            .getMessage();
    assertTrue(message.contains("another room"), message);
  }

  @Test
  void refusesDamagedCursors() {
    RoomName room = RoomName.of("a");
    String token = new Cursor(room, 1, 2).token();
    for (int i = 0; i < token.length(); i++) {
      String damaged =
          token.substring(0, i) + (token.charAt(i) == 'x' ? 'y' : 'x') + token.substring(i + 1);
      assertThrows(IllegalArgumentException.class, () -> Cursor.parse(damaged, room), damaged);
      String cut = token.substring(0, i);
      assertThrows(IllegalArgumentException.class, () -> Cursor.parse(cut, room), cut);
    }
    assertThrows(IllegalArgumentException.class, () -> Cursor.parse("!", room));
    assertThrows(IllegalArgumentException.class, () -> Cursor.parse("x".repeat(10_000), room));
  }

  @Test
  void closeReasonsCanBeSent() {
    assertThrows(IllegalArgumentException.class, () -> new CloseReason(1005, true, ""));
    assertThrows(IllegalArgumentException.class, () -> new CloseReason(999, true, ""));
    assertThrows(IllegalArgumentException.class, () -> new CloseReason(5000, true, ""));
    assertThrows(IllegalArgumentException.class, () -> new CloseReason(4000, true, "ü".repeat(62)));
  }

  @Test
  void aTextOfBytesIsWellFormedUtf8OrNone() {
    for (String text :
        List.of("", "a", "Gr\u00fc\u00dfe", "\ud83d\ude00", "\ufffd is a character")) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      assertEquals(Body.text(text), Body.utf8(ByteBuffer.wrap(bytes)));
    }
    // Continuation alone, cut short, overlong, a surrogate, beyond U+10FFFF, never a byte of UTF-8.
    for (String hex : List.of("80", "c3", "e282", "c0af", "eda080", "f4908080", "ff", "61ff62")) {
      ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
      assertThrows(IllegalArgumentException.class, () -> Body.utf8(bytes), hex);
    }
  }
}
