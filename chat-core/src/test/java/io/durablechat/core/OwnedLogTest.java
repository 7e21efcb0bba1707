package io.durablechat.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.RefusedException.Reason;
import io.durablechat.testkit.SteppedExecutor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Directories that are handed a log, and see to it until it is closed. */
@Timeout(30)
final class OwnedLogTest {
  private static final Member ANN = Member.user("ann", "Ann");

  /** What is called on the log of a test before it is passed on to a log in memory. */
  private interface Before {
    void call(String method) throws Exception;
  }

  /** A log that is not known to be in memory, so that it is given threads. */
  private static MessageLog log(Before before) {
    MessageLog behind = MemoryMessageLog.of(InstantSource.system());
    return (MessageLog)
        Proxy.newProxyInstance(
            MessageLog.class.getClassLoader(),
            new Class<?>[] {MessageLog.class},
            (proxy, method, arguments) -> {
              before.call(method.getName());
              try {
                return method.invoke(behind, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static Before counting(String what, AtomicInteger calls) {
    return method -> {
      if (method.equals(what)) {
        calls.incrementAndGet();
      }
    };
  }

  private static List<String> texts(Room room) {
    return room.history(Range.last(10)).join().entries().stream().map(Entry::text).toList();
  }

  @Test
  void roomsInMemoryLiveAsLongAsTheirDirectory() {
    Room left;
    try (RoomDirectory rooms = RoomDirectory.inMemory()) {
      left = rooms.room("general");
      left.publish(ANN, "hello").toCompletableFuture().join();
      assertEquals(List.of("hello"), texts(rooms.room(RoomName.of("general"))));
      assertEquals(Durability.MEMORY, rooms.terms().durability());
    }
    CompletableFuture<Receipt> late = left.publish(ANN, "late").toCompletableFuture();
    CompletionException e = assertThrows(CompletionException.class, late::join);
    assertEquals(Reason.CLOSED, ((RefusedException) e.getCause()).reason());
  }

  @Test
  void aNameThatIsNoneIsRefusedAsByRoomName() {
    try (RoomDirectory rooms = RoomDirectory.inMemory()) {
      for (String name : List.of("", "a/b", "a\nb")) {
        String message =
            assertThrows(IllegalArgumentException.class, () -> rooms.room(name)).getMessage();
        assertEquals(
            assertThrows(IllegalArgumentException.class, () -> RoomName.of(name)).getMessage(),
            message);
      }
      assertThrows(IllegalArgumentException.class, () -> rooms.room(Moderation.TRAIL.value()));
    }
  }

  @Test
  void theLogIsClosedWithTheDirectoryOnceWhateverWasPublishedIsKept() throws Exception {
    AtomicInteger closed = new AtomicInteger();
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    MessageLog log =
        log(
            method -> {
              if (method.equals("append")) {
                writing.countDown();
                assertTrue(goOn.await(20, TimeUnit.SECONDS));
                assertEquals(0, closed.get());
              } else if (method.equals("close")) {
                closed.incrementAndGet();
              }
            });
    RoomDirectory rooms = RoomDirectory.open(log);
    List<CompletableFuture<Receipt>> receipts =
        IntStream.range(0, 100)
            .mapToObj(i -> rooms.room("r" + i % 3).publish(ANN, "" + i).toCompletableFuture())
            .toList();
    assertTrue(writing.await(20, TimeUnit.SECONDS));
    CompletableFuture<Void> closing = CompletableFuture.runAsync(rooms::close);
    goOn.countDown();
    closing.get(20, TimeUnit.SECONDS);
    receipts.forEach(receipt -> assertFalse(receipt.join().duplicate()));
    assertEquals(1, closed.get());
    rooms.close();
    assertEquals(1, closed.get());
  }

  @Test
  void aLogIsClosedIfItsDirectoryCannotBeOpened() {
    AtomicInteger closed = new AtomicInteger();
    IllegalStateException failure = new IllegalStateException("no answer");
    MessageLog log =
        log(
            method -> {
              counting("close", closed).call(method);
              if (method.equals("retryWindow")) {
                throw failure;
              }
            });
    assertSame(failure, assertThrows(IllegalStateException.class, () -> RoomDirectory.open(log)));
    assertEquals(1, closed.get());
  }

  @Test
  void aBroadcasterStaysItsMakersWhetherItsDirectoryOpensOrNot() {
    AtomicInteger closed = new AtomicInteger();
    AtomicInteger failures = new AtomicInteger(1);
    MessageLog log =
        log(
            method -> {
              counting("close", closed).call(method);
              if (method.equals("retryWindow") && failures.getAndDecrement() > 0) {
                throw new IllegalStateException("no answer");
              }
            });
    try (LocalBroadcaster broadcaster = LocalBroadcaster.on(log)) {
      assertThrows(IllegalStateException.class, () -> RoomDirectory.open(broadcaster));
      RoomDirectory.open(broadcaster).close();
      assertEquals(0, closed.get());
      RoomName room = RoomName.of("r");
      broadcaster.publish(room, ANN, Draft.text("on")).toCompletableFuture().join();
    }
    assertEquals(1, closed.get());
  }

  @Test
  void onTheApplicationsThreadsTheLogIsClosedAsWellAndTheThreadsAreLeft() {
    AtomicInteger closed = new AtomicInteger();
    SteppedExecutor strands = new SteppedExecutor();
    RoomDirectory rooms =
        RoomDirectory.on(log(counting("close", closed))).executors(strands, strands).open();
    rooms.close();
    assertEquals(1, closed.get());
    assertFalse(strands.isShutdown());
  }

  @Test
  void aDirectoryThatWasDrainedHasNothingToWaitForAsItCloses() {
    SteppedExecutor strands = new SteppedExecutor();
    RoomDirectory rooms =
        RoomDirectory.on(MemoryMessageLog.of(InstantSource.system()))
            .executors(strands, strands)
            .open();
    rooms.room("general").publish(ANN, "hello");
    strands.runAll();
    assertFalse(rooms.drain(CloseReason.RESTART).toCompletableFuture().isDone());
    strands.runAll();
    // Else closing, in the thread that would have to run it, would wait in vain.
    assertTrue(rooms.drain(CloseReason.RESTART).toCompletableFuture().isDone());
    rooms.close();
  }
}
