package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.RecordingOutbox;
import io.durablechat.testkit.SteppedExecutor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many clients that come, go, stall, come back by cursor and send again what was not confirmed, in
 * an order that a seed decides. Whatever happens, each sees a gapless part of one history, and what
 * was confirmed is in it exactly once.
 */
final class CrowdTest {
  private static final RoomName ROOM = RoomName.of("crowd");
  private static final int CLIENTS = 20;
  private static final int STEPS = 4000;

  private final SteppedExecutor strands = new SteppedExecutor();
  private final SteppedExecutor writer = new SteppedExecutor();
  private final SteppedExecutor readers = new SteppedExecutor();
  private final LocalBroadcaster broadcaster =
      LocalBroadcaster.on(MemoryMessageLog.of(new ManualClock()), writer, readers);
  private RoomDirectory directory;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89})
  void everyoneSeesAGaplessPartOfOneHistory(long seed) {
    Random random = new Random(seed);
    // Half of the seeds feed the slow from the log alone, the others from memory when they can.
    directory =
        RoomDirectory.on(broadcaster)
            .executors(strands, strands)
            .recentBytes(seed % 2 == 0 ? 1 : 64 << 10)
            .open();
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new Client(i));
    }
    for (int step = 0; step < STEPS; step++) {
      Client client = clients.get(random.nextInt(CLIENTS));
      switch (random.nextInt(10)) {
        case 0 -> client.comeOrGo();
        case 1 -> client.stallOrRecover(random);
        case 2, 3, 4 -> client.publish("s" + step);
        case 5 -> client.retry(random);
        case 6 -> strands.runNext();
        case 7 -> writer.runNext();
        case 8 -> readers.runNext();
        default -> strands.runAll();
      }
    }
    clients.forEach(Client::finish);
    settle();

    List<Entry> history = new ArrayList<>();
    long at = 0;
    for (Page page = read(at); !page.entries().isEmpty(); page = read(at)) {
      history.addAll(page.entries());
      at = history.get(history.size() - 1).sequence();
    }
    Map<String, Long> kept = new HashMap<>();
    for (Entry message : history) {
      String id = message.author().identity() + "/" + message.draft().id().orElseThrow();
      assertEquals(null, kept.put(id, message.sequence()), "kept twice: " + id);
    }
    clients.forEach(client -> client.check(history, kept));
  }

  private Page read(long after) {
    var page = broadcaster.read(ROOM, Range.after(after, 1000)).toCompletableFuture();
    readers.runAll();
    return page.join();
  }

  private void settle() {
    while (strands.waiting() + writer.waiting() + readers.waiting() > 0) {
      strands.runAll();
      writer.runAll();
      readers.runAll();
    }
  }

  private final class Client {
    private final Member member;
    private final Map<String, Set<Long>> confirmed = new HashMap<>();
    private final List<String> sent = new ArrayList<>();
    private final List<Entry> seen = new ArrayList<>();
    private RecordingOutbox outbox;
    private Session session;
    private boolean stalled;
    private long beganAfter = -1;

    private Client(int number) {
      member = Member.guest(String.format(Locale.ROOT, "client-%016d", number));
    }

    private void comeOrGo() {
      if (session == null) {
        join();
      } else {
        session.leave();
        collect();
        session = null;
      }
    }

    private void join() {
      Optional<Cursor> cursor =
          seen.isEmpty()
              ? Optional.empty()
              : Optional.of(new Cursor(ROOM, lineage, seen.get(seen.size() - 1).sequence()));
      outbox = new RecordingOutbox();
      stalled = false;
      session =
          directory.room(ROOM).join(member, new Start(cursor, OptionalInt.empty(), 3), outbox);
    }

    private long lineage;

    /** Takes over what the outbox was given; nothing given later reaches the client. */
    private void collect() {
      seen.addAll(outbox.entries());
      if (outbox.events().contains("joined")) {
        lineage = outbox.joined().head().lineage();
        if (beganAfter < 0 && !seen.isEmpty()) {
          beganAfter = seen.get(0).previous();
        }
      }
    }

    private void stallOrRecover(Random random) {
      if (session == null || !outbox.events().contains("joined")) {
        return;
      }
      stalled = !stalled && random.nextBoolean();
      if (stalled) {
        outbox.fill();
      } else {
        outbox.empty();
      }
    }

    private void publish(String id) {
      if (session != null) {
        sent.add(id);
        send(id);
      }
    }

    private void retry(Random random) {
      if (session != null && !sent.isEmpty()) {
        send(sent.get(random.nextInt(sent.size())));
      }
    }

    private void send(String id) {
      session
          .publish(Draft.text("text of " + id).withId(id))
          .thenAccept(
              receipt ->
                  confirmed.computeIfAbsent(id, i -> new HashSet<>()).add(receipt.sequence()));
    }

    private void finish() {
      if (session == null) {
        join();
      } else if (outbox.events().contains("joined")) {
        outbox.empty();
      }
      settle();
    }

    private void check(List<Entry> history, Map<String, Long> kept) {
      collect();
      int from = history.indexOf(seen.get(0));
      assertEquals(history.subList(from, history.size()), seen);
      confirmed.forEach(
          (id, sequences) ->
              assertEquals(sequences, Set.of(kept.get(member.identity() + "/" + id))));
    }
  }
}
