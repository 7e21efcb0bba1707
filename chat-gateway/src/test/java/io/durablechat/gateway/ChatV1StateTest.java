package io.durablechat.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.durablechat.core.Body;
import io.durablechat.core.Cursor;
import io.durablechat.core.Entry;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.MemoryMessageLog;
import io.durablechat.core.Moderation;
import io.durablechat.core.Range;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.gateway.auth.RoomRules;
import io.durablechat.gateway.limits.Limits;
import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.SteppedExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * People who say whatever can be said in {@code chat.v1} in any order, lose their lines, stall and
 * come back, while rooms, log and readers run in any order, too; held against what is promised.
 *
 * <p>{@code -Dchat.state.seeds=100000} makes it long; a seed that fails is named.
 */
final class ChatV1StateTest {
  private static final int SEEDS = Integer.getInteger("chat.state.seeds", 300);
  private static final int STEPS = 250;
  private static final RoomName ROOM = RoomName.of("r");
  private static final String MODERATOR = "moderator-0123456789abcdef";
  private static final List<String> JUNK =
      List.of(
          "junk",
          "{",
          "[]",
          "{\"type\":7}",
          "{\"type\":\"dance\"}",
          "{\"type\":\"publish\"}",
          "{\"type\":\"hello\"}",
          "{\"type\":\"history\",\"id\":\"h\",\"before\":1,\"after\":1}",
          "{\"type\":\"moderate\",\"id\":\"m\",\"action\":\"dance\"}",
          "\n\n");

  @Test
  void whatIsPromisedHoldsWhateverIsSaid() {
    for (int seed = 1; seed <= SEEDS; seed++) {
      try {
        new World(seed).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static final class World {
    private final Random random;
    private final SteppedExecutor strands = new SteppedExecutor();
    private final SteppedExecutor writer = new SteppedExecutor();
    private final SteppedExecutor readers = new SteppedExecutor();
    private final ManualClock clock = new ManualClock();
    private final MemoryMessageLog log = MemoryMessageLog.of(clock, 100_000, Long.MAX_VALUE);
    private final LocalBroadcaster broadcaster = LocalBroadcaster.on(log, writer, readers);
    private final RoomDirectory rooms;
    private final Reception reception;
    private final List<Person> people = new ArrayList<>();

    World(long seed) {
      random = new Random(seed);
      CompletableFuture<Moderation> moderation =
          Moderation.open(broadcaster, clock).toCompletableFuture();
      settle();
      rooms =
          RoomDirectory.on(broadcaster)
              .moderation(moderation.join())
              .executors(strands, strands)
              .open();
      EndpointSettings settings =
          EndpointSettings.DEFAULT
              .limits(Limits.OFF)
              .rules(
                  RoomRules.parse(
                      String.format(
                          Locale.ROOT,
                          """
                  [{"who": "%s", "rooms": "*", "may": ["join", "read", "publish", "moderate"]},
                   {"rooms": "*", "may": ["join", "read", "publish"]}]""",
                          Member.guest(MODERATOR).identity())));
      reception = Receptions.of(rooms, settings, clock, () -> 0);
      people.add(new Person(MODERATOR));
      for (int i = 0; i < 3; i++) {
        people.add(new Person("person-" + i + "-0123456789abcdef"));
      }
    }

    void settle() {
      while (strands.waiting() + writer.waiting() + readers.waiting() > 0) {
        strands.runAll();
        writer.runAll();
        readers.runAll();
      }
    }

    private SteppedExecutor anyExecutor() {
      return List.of(strands, writer, readers).get(random.nextInt(3));
    }

    void run() {
      for (int i = 0; i < STEPS; i++) {
        people.get(random.nextInt(people.size())).act();
        for (int turns = random.nextInt(6); turns > 0; turns--) {
          anyExecutor().runNext();
        }
        if (random.nextInt(20) == 0) {
          clock.move(Duration.ofSeconds(random.nextInt(5)));
          strands.advance(Duration.ofSeconds(1));
        }
        people.forEach(Person::hear);
      }
      people.forEach(Person::comeBack);
      settle();
      people.forEach(Person::hear);
      check();
    }

    private void check() {
      List<Entry> all = log.read(ROOM, Range.after(0, Range.MAX_MESSAGES)).entries();
      Set<String> ids = new HashSet<>();
      for (Entry message : all) {
        message
            .draft()
            .id()
            .ifPresent(
                id -> assertTrue(ids.add(message.author().identity() + " " + id), "twice: " + id));
      }
      for (Person person : people) {
        person.check(all);
      }
    }

    /** Somebody with at most one line at a time. */
    private final class Person {
      private final String key;
      private final String identity;
      private final Map<String, String> published = new HashMap<>();
      private final Map<String, Long> acknowledged = new HashMap<>();
      private final TreeSet<Long> seen = new TreeSet<>();
      private Optional<String> cursor = Optional.empty();
      private long begun = -1;
      private Optional<Line> line = Optional.empty();
      private int ids;

      Person(String key) {
        this.key = key;
        this.identity = Member.guest(key).identity();
      }

      void act() {
        if (line.isEmpty()) {
          if (random.nextInt(10) == 0) {
            sayBeforeHello();
          } else {
            comeBack();
          }
          return;
        }
        Line to = line.get();
        switch (random.nextInt(16)) {
          case 0, 1, 2, 3, 4 -> publish(to, "i" + ids++, "t" + random.nextInt(1000));
          case 5 -> again(to);
          case 6 -> to.say("{'type':'typing','on':" + random.nextBoolean() + "}");
          case 7 -> to.say("{'type':'rename','id':'n','name':'N" + random.nextInt(9) + "'}");
          case 8 -> to.say("{'type':'history','id':'h','limit':" + (1 + random.nextInt(9)) + "}");
          case 9 -> to.frame(JUNK.get(random.nextInt(JUNK.size())));
          case 10 -> {
            to.connection.onGone();
            line = Optional.empty();
          }
          case 11 -> to.socket.stalled = true;
          case 12 -> to.socket.recover();
          case 13, 14 -> moderate(to);
          default -> to.say("{'type':'ping'}");
        }
      }

      private void publish(Line to, String id, String text) {
        published.putIfAbsent(id, text);
        to.expect(id);
        to.say("{'type':'publish','id':'" + id + "','text':'" + text + "'}");
      }

      private void again(Line to) {
        if (ids > 0) {
          String id = "i" + random.nextInt(ids);
          publish(to, id, random.nextInt(4) == 0 ? "something else" : published.get(id));
        }
      }

      private void moderate(Line to) {
        int anySequence = 1 + random.nextInt(50);
        String member = people.get(1 + random.nextInt(people.size() - 1)).identity;
        to.say(
            switch (random.nextInt(6)) {
              case 0 -> "{'type':'delete','id':'m','seq':" + anySequence + "}";
              case 1 -> "{'type':'moderate','id':'m','action':'lock'}";
              case 2, 3 -> "{'type':'moderate','id':'m','action':'unlock'}";
              case 4 ->
                  "{'type':'moderate','id':'m','action':'mute','for':3000,'member':'"
                      + member
                      + "'}";
              default -> "{'type':'moderate','id':'m','action':'slow','slow':0}";
            });
      }

      private void sayBeforeHello() {
        Line bad = new Line();
        bad.say("{'type':'publish','text':'x'}");
        settle();
        assertEquals("CLOSE 1008", bad.socket.sent.get(bad.socket.sent.size() - 1));
        assertTrue(bad.socket.sent.get(0).contains("\"bye\""), bad.socket.sent::toString);
        bad.connection.onGone();
      }

      void comeBack() {
        if (line.isEmpty()) {
          Line fresh = new Line();
          line = Optional.of(fresh);
          fresh.say(
              "{'type':'hello','key':'"
                  + key
                  + "'"
                  + cursor.map(c -> ",'cursor':'" + c + "'").orElse("")
                  + "}");
        }
        line.get().socket.recover();
      }

      void hear() {
        line.ifPresent(
            from -> {
              from.heard().forEach(object -> hear(from, object));
              if (from.isClosed) {
                from.connection.onGone();
                line = Optional.empty();
              }
            });
      }

      private void hear(Line from, JsonObject object) {
        switch (object.get("type").getAsString()) {
          case "welcome" -> {
            assertFalse(from.isWelcome, "one welcome");
            from.isWelcome = true;
            String resume = object.get("resume").getAsString();
            assertEquals(cursor.isPresent() ? "exact" : "fresh", resume);
            from.last = Cursor.parse(object.get("cursor").getAsString(), ROOM).sequence();
            if (begun < 0) {
              begun = from.last;
              cursor = Optional.of(object.get("cursor").getAsString());
            }
          }
          case "message", "deleted" -> {
            assertTrue(from.isWelcome, "welcome comes first");
            long sequence = object.get("seq").getAsLong();
            assertEquals(from.last, object.get("prev").getAsLong(), "a hole");
            assertTrue(seen.add(sequence), "told twice");
            from.last = sequence;
            if (object.has("cursor")) {
              cursor = Optional.of(object.get("cursor").getAsString());
            }
          }
          case "ok" -> onAnswer(from, object, true);
          case "error" -> {
            assertNotNull(object.get("code"));
            onAnswer(from, object, false);
          }
          default -> {
            // Presence and the like have tests of their own.
          }
        }
      }

      private void onAnswer(Line from, JsonObject object, boolean kept) {
        if (!object.has("id") || !object.get("id").getAsString().startsWith("i")) {
          return;
        }
        String id = object.get("id").getAsString();
        assertTrue(from.isExpected(id), "an answer to nothing, or a second one");
        if (kept) {
          Long sequence = object.get("seq").getAsLong();
          Long before = acknowledged.put(id, sequence);
          if (before != null) {
            assertEquals(before, sequence);
            assertTrue(object.get("duplicate").getAsBoolean());
          }
        }
      }

      void check(List<Entry> all) {
        Line open = line.orElseThrow(() -> new AssertionError("not back"));
        assertTrue(open.isWelcome, open.socket.sent::toString);
        assertEquals(Map.of(), open.expected, "without an answer");
        assertNull(open.fault);
        TreeSet<Long> due = new TreeSet<>();
        Map<Long, Entry> mine = new HashMap<>();
        for (Entry message : all) {
          if (message.sequence() > begun) {
            due.add(message.sequence());
          }
          mine.put(message.sequence(), message);
        }
        assertEquals(due, seen, "everything, once");
        acknowledged.forEach(
            (id, sequence) -> {
              Entry message = mine.get(sequence);
              assertEquals(identity, message.author().identity());
              assertEquals(Optional.of(id), message.draft().id());
            });
      }
    }

    /** A connection, and what was heard of it so far. */
    private final class Line {
      private final FakeSocket socket = new FakeSocket();
      private final Connection connection;
      private final Map<String, Integer> expected = new HashMap<>();
      private boolean isWelcome;
      private boolean isClosed;
      private String fault;
      private long last;
      private int read;

      Line() {
        connection = Receptions.chatV1(reception, ROOM, socket);
        connection.onOpen();
      }

      void say(String json) {
        frame(json.replace('\'', '"'));
      }

      void frame(String text) {
        connection.onMessage(Body.text(text));
      }

      void expect(String id) {
        expected.merge(id, 1, Integer::sum);
      }

      boolean isExpected(String id) {
        Integer left = expected.computeIfPresent(id, (i, n) -> n - 1);
        expected.values().removeIf(n -> n == 0);
        return left != null;
      }

      List<JsonObject> heard() {
        List<JsonObject> objects = new ArrayList<>();
        for (; read < socket.sent.size(); read++) {
          String frame = socket.sent.get(read);
          if (frame.startsWith("CLOSE ")) {
            isClosed = true;
            fault = frame.equals("CLOSE 1011") ? frame : null;
          } else {
            frame
                .lines()
                .map(l -> JsonParser.parseString(l).getAsJsonObject())
                .forEach(objects::add);
          }
        }
        assertNull(fault);
        return objects;
      }
    }
  }
}
