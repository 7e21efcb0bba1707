package io.durablechat.sqlite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.durablechat.core.Body;
import io.durablechat.core.Durability;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.MessageLog;
import io.durablechat.core.Moderation;
import io.durablechat.core.Page;
import io.durablechat.core.Range;
import io.durablechat.core.Receipt;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RoomMode;
import io.durablechat.core.RoomName;
import io.durablechat.core.Ruling;
import io.durablechat.core.SessionAttributes;
import io.durablechat.core.Summary;
import io.durablechat.testkit.ManualClock;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What rulings cost is a matter of what holds, not of all that was ever decided. */
final class ModerationCostTest {
  private static final Member MOD = new Member("user:mod", Optional.empty());

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock();

  private LocalBroadcaster broadcaster() {
    // All in this thread.
    return LocalBroadcaster.on(log(folder), Runnable::run, Runnable::run);
  }

  private Moderation open(LocalBroadcaster broadcaster) {
    return Moderation.open(broadcaster, clock).toCompletableFuture().join();
  }

  @Test
  void aMuteCostsTheSameHoweverManyHoldForItsSource() {
    try (LocalBroadcaster broadcaster = broadcaster()) {
      Moderation moderation = open(broadcaster);
      long few = allocatedByMuting(moderation, "home", 1000);
      long many = allocatedByMuting(moderation, "school", 4000);
      assertTrue(many < 6 * few, few + " bytes allocated for 1,000, and " + many + " for 4,000");
    }
  }

  @Test
  void aStartReadsWhatWasDecidedSinceAndNotAllThatEverWas() {
    for (int rulings : new int[] {1000, 4000}) {
      Counting counting = new Counting(log(folder.resolve("" + rulings)));
      try (LocalBroadcaster broadcaster = counting.broadcaster()) {
        allocatedByMuting(open(broadcaster), "home", rulings);
        clock.move(Duration.ofHours(2));
        open(broadcaster);
        assertEquals(rulings, counting.take(), "the first time");
        Moderation moderation = open(broadcaster);
        assertEquals(0, counting.take());
        assertEquals(List.of(), moderation.sanctions(Optional.empty()));
        allocatedByMuting(moderation, "home", 10);
        assertEquals(10, open(broadcaster).sanctions(Optional.empty()).size());
        assertEquals(10, counting.take());
      }
    }
  }

  @Test
  void whatHeldThenHoldsAfterAStartFromASummary() {
    RoomName here = RoomName.of("here");
    RoomName there = RoomName.of("there");
    Member ann = Member.guest("ann-0123456789abcdefghij");
    Member bob = Member.guest("bob-0123456789abcdefghij");
    SessionAttributes home = new SessionAttributes(false, Optional.of("home"));
    Counting counting = new Counting(log(folder.resolve("data")));
    try (LocalBroadcaster broadcaster = counting.broadcaster()) {
      Moderation before = open(broadcaster);
      allocatedByMuting(before, "school", 1000);
      long invite = rule(before, Ruling.invite(here, OptionalInt.of(2))).sequence();
      before.admit(here, ann, SessionAttributes.NONE, invite).toCompletableFuture().join();
      Ruling ban = Ruling.of(Ruling.Action.BAN, Optional.of(here), bob.identity());
      rule(before, ban.from(Set.of("home", "work")).because("spam"));
      rule(before, Ruling.of(Ruling.Action.BAN, Optional.empty(), "user:x").from(Set.of("home")));
      rule(before, ban.from(Set.of("café")));
      rule(
          before,
          new Ruling(
              Ruling.Action.UNBAN,
              Optional.of(here),
              Optional.empty(),
              Set.of("work"),
              Optional.empty(),
              OptionalLong.empty(),
              OptionalInt.empty(),
              Duration.ZERO,
              Optional.empty()));
      rule(before, Ruling.of(Ruling.Action.LOCK, there));
      rule(before, Ruling.slow(there, Duration.ofMillis(1500)));
      open(broadcaster);
      counting.take();
      Moderation after = open(broadcaster);
      assertEquals(0, counting.take(), "from the summary alone");
      for (Optional<RoomName> room :
          List.of(Optional.<RoomName>empty(), Optional.of(here), Optional.of(there))) {
        assertEquals(before.sanctions(room), after.sanctions(room));
      }
      assertEquals(1000 + 1, after.sanctions(Optional.empty()).size());
      for (Moderation moderation : List.of(before, after)) {
        assertEquals(new RoomMode(true, Duration.ofMillis(1500)), moderation.mode(there));
        assertEquals(RoomMode.FREE, moderation.mode(here));
        assertTrue(moderation.isAdmitted(here, ann));
        assertEquals(1, moderation.invitesTo(here).size());
        assertThrows(
            RefusedException.class, () -> moderation.checkJoin(here, bob, SessionAttributes.NONE));
        assertThrows(RefusedException.class, () -> moderation.checkJoin(there, ann, home));
        moderation.checkJoin(here, ann, new SessionAttributes(false, Optional.of("work")));
        assertThrows(
            RefusedException.class,
            () ->
                moderation.checkJoin(here, ann, new SessionAttributes(false, Optional.of("café"))));
      }
      Member last = Member.guest("last-0123456789abcdefghij");
      after.admit(here, last, SessionAttributes.NONE, invite).toCompletableFuture().join();
      assertEquals(List.of(), after.invitesTo(here), "the first use is still counted");
      assertEquals(1000, after.trail(Range.last(1000)).toCompletableFuture().join().size());
    }
  }

  @Test
  void aSummaryThatCannotBeReadIsPassedOver() {
    Counting counting = new Counting(log(folder.resolve("data")));
    try (LocalBroadcaster broadcaster = counting.broadcaster()) {
      Ruling lock = Ruling.of(Ruling.Action.LOCK, RoomName.of("here"));
      rule(open(broadcaster), lock);
      for (Summary summary :
          List.of(
              new Summary(1, Body.text("2\n\nof a later version")),
              new Summary(1, Body.text("1\n\nseq x\nruling\nlock")),
              new Summary(2, Body.text("1")))) {
        broadcaster.keepSummary(Moderation.TRAIL, summary).toCompletableFuture().join();
        assertTrue(open(broadcaster).mode(RoomName.of("here")).isLocked());
      }
    }
  }

  private static Receipt rule(Moderation moderation, Ruling ruling) {
    return moderation.rule(MOD, ruling).toCompletableFuture().join();
  }

  private SqliteMessageLog log(Path where) {
    return SqliteMessageLog.open(
        where, Durability.RELAXED, clock, SqliteMessageLog.DEFAULT_RETRY_WINDOW);
  }

  /** A log that counts the records that are read of it. */
  private static final class Counting implements InvocationHandler {
    private final MessageLog log;
    private int read;

    private Counting(MessageLog log) {
      this.log = log;
    }

    private LocalBroadcaster broadcaster() {
      MessageLog counted =
          (MessageLog)
              Proxy.newProxyInstance(
                  MessageLog.class.getClassLoader(), new Class<?>[] {MessageLog.class}, this);
      return LocalBroadcaster.on(counted, Runnable::run, Runnable::run);
    }

    private int take() {
      int taken = read;
      read = 0;
      return taken;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
      Object result = method.invoke(log, args);
      if (result instanceof Page page) {
        read += page.entries().size();
      }
      return result;
    }
  }

  /** What a thread allocates stands for what it does. */
  private long allocatedByMuting(Moderation moderation, String source, int times) {
    long before = allocated();
    for (int i = 0; i < times; i++) {
      moderation
          .rule(
              MOD,
              Ruling.of(Ruling.Action.MUTE, Optional.empty(), source + ":" + i)
                  .from(Set.of(source))
                  .until(clock.instant().plus(Duration.ofHours(1))))
          .toCompletableFuture()
          .join();
    }
    return allocated() - before;
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}
