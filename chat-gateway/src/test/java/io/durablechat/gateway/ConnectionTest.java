package io.durablechat.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.Batch;
import io.durablechat.core.Body;
import io.durablechat.core.CloseReason;
import io.durablechat.core.RefusedException;
import io.durablechat.gateway.limits.Charging;
import io.durablechat.gateway.limits.HeldBytes;
import io.durablechat.gateway.limits.Pools;
import io.durablechat.gateway.transport.BatchGate;
import io.durablechat.gateway.transport.Completion;
import io.durablechat.gateway.transport.EncodedFrames;
import io.durablechat.gateway.transport.FrameSender;
import io.durablechat.gateway.transport.MessageAssembler;
import io.durablechat.gateway.transport.Opcode;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** One connection on a socket and a clock that do what the test says. */
final class ConnectionTest {
  private static final Duration WRITE_STALL = Duration.ofSeconds(60);

  private static final Optional<InetAddress> HOME = Addresses.literal("192.0.2.1");
  private static final Optional<InetAddress> ELSEWHERE = Addresses.literal("192.0.2.2");
  private static final long POOL = Runtime.getRuntime().maxMemory() / 4;

  private final HeldBytes unsent = HeldBytes.ofHeap(4);
  private final FakeSocket socket = new FakeSocket();
  private final FrameSender sender = new FrameSender(socket, () -> socket.now, unsent.from(HOME));
  private final BatchGate<EncodedFrames> gate = sender.gate();
  private final RecordingDialect dialect = new RecordingDialect();
  private final Pools pools = Pools.ofHeap();
  private final HeldBytes begun = pools.begun();
  private final Connection connection =
      new Connection(
          dialect,
          sender,
          socket.wire(),
          // It asks for memory, and is under no limit.
          new MessageAssembler(1 << 20, 1 << 20, new Charging(null, pools).of(HOME)),
          WRITE_STALL,
          () -> socket.now,
          () -> socket.now);

  private void pass(Duration time) {
    for (long s = 0; s < time.toSeconds(); s++) {
      socket.now += Duration.ofSeconds(1).toNanos();
      connection.onTick();
      gate.onTick();
    }
  }

  private static EncodedFrames texts(String... texts) {
    List<EncodedFrames.Payload> frames = new ArrayList<>();
    for (String text : texts) {
      frames.addAll(EncodedFrames.text(text).frames());
    }
    return EncodedFrames.of(frames);
  }

  @Test
  void hasOneBatchInFlightAndAsksForMoreWhenItIsThrough() {
    List<String> asked = new ArrayList<>();
    socket.stalled = true;
    assertTrue(gate.offer(texts("a"), () -> asked.add("first")));
    assertFalse(gate.offer(texts("b"), () -> asked.add("second")));
    assertEquals(List.of("a"), socket.sent);
    assertEquals(List.of(), asked);
    socket.recover();
    assertEquals(List.of("second"), asked);
    assertTrue(gate.offer(texts("c"), () -> {}));
    assertEquals(List.of("a", "c"), socket.sent);
  }

  @Test
  void gathersABatchOfFramesIntoOneWrite() {
    gate.offer(texts("a", "b", "c"), () -> {});
    assertEquals(List.of("a", "b", "c"), socket.sent);
    assertEquals(1, socket.writes);
  }

  @Test
  void keepsTheOrderOfBatchesAndControlLines() {
    socket.stalled = true;
    sender.send("welcome");
    gate.offer(texts("replay"), () -> {});
    sender.send("live");
    sender.send("ok");
    socket.recover();
    assertEquals(List.of("welcome", "replay", "live\nok"), socket.sent);
  }

  @Test
  void aLargeAnswerComesInItsTurnAndIsReported() {
    List<String> written = new ArrayList<>();
    socket.stalled = true;
    sender.send("a");
    sender.reply(
        EncodedFrames.text("x".repeat(1 << 20)),
        () -> written.add("begun"),
        () -> written.add("done"));
    sender.send("b");
    assertEquals(List.of(), written);
    socket.recover();
    assertEquals(List.of("begun", "done"), written);
    assertEquals(List.of("a", "x".repeat(1 << 20), "b"), socket.sent);
    assertFalse(socket.aborted);
  }

  @Test
  void anAnswerThatWillNotBeWrittenIsReportedToo() {
    List<String> done = new ArrayList<>();
    socket.stalled = true;
    sender.reply(EncodedFrames.text("in flight"), () -> {}, () -> done.add("in flight"));
    sender.reply(EncodedFrames.text("waiting"), () -> {}, () -> done.add("waiting"));
    connection.onGone();
    assertEquals(List.of("waiting", "in flight"), done);
    sender.reply(EncodedFrames.text("late"), () -> {}, () -> done.add("late"));
    assertEquals(List.of("waiting", "in flight", "late"), done);
  }

  @Test
  void saysFarewellAfterWhatWaitsAndNothingAfterTheClose() {
    socket.stalled = true;
    sender.send("a");
    sender.send("b");
    sender.close(CloseReason.RESTART, Optional.of("bye"));
    sender.close(CloseReason.FAULT, Optional.of("bye again"));
    sender.send("late");
    assertFalse(gate.offer(texts("late"), () -> {}));
    socket.recover();
    sender.ping();
    assertEquals(List.of("a", "b\nbye", "CLOSE 1012"), socket.sent);
  }

  @Test
  void answersAPingBeforeAllThatWaitsAndReadsOnThen() {
    socket.stalled = true;
    sender.send("in flight");
    sender.send("waits");
    CompletionStage<?> readOn = connection.onPing(ByteBuffer.wrap(new byte[] {'1'}));
    assertFalse(readOn.toCompletableFuture().isDone());
    sender.ping();
    socket.recover();
    assertEquals(List.of("in flight", "PONG 1", "waits"), socket.sent);
    assertTrue(readOn.toCompletableFuture().isDone());
  }

  @Test
  void whoIsNotReadFromIsNotSilent() {
    dialect.readOn = new CompletableFuture<>();
    connection.onMessage(Body.text("has to be kept first"));
    pass(Duration.ofSeconds(200));
    assertEquals(List.of(), dialect.closed);
    dialect.readOn.complete(null);
    pass(Duration.ofSeconds(76));
    assertEquals(1001, dialect.closed.get(0).code());
  }

  @Test
  void theProtocolsCloseGoesBehindAllThatWaitsAndNothingAfterIt() {
    List<String> told = new ArrayList<>();
    socket.stalled = true;
    sender.send("in flight");
    sender.send("waits");
    sender.close(CloseReason.RESTART, Optional.empty());
    connection.onEnding(close(1002), telling(told));
    assertEquals(List.of(), told);
    socket.recover();
    sender.send("late");
    sender.ping();
    assertEquals(List.of("in flight", "waits", "CLOSE 1002"), socket.sent);
    assertEquals(List.of("written"), told);
  }

  @Test
  void theProtocolsCloseWaitsForTheAnswersToWhatWasSaidBeforeIt() {
    connection.onEnding(close(1002), telling(new ArrayList<>()));
    sender.send("answer");
    assertEquals(List.of("answer"), socket.sent);
    dialect.ending.run();
    sender.send("late");
    dialect.ending.run();
    assertEquals(List.of("answer", "CLOSE 1002"), socket.sent);
  }

  @Test
  void theProtocolsCloseWaitsNoLongerThanSomeSeconds() {
    connection.onEnding(close(1002), telling(new ArrayList<>()));
    pass(Duration.ofSeconds(3));
    assertEquals(List.of(), socket.sent);
    pass(Duration.ofSeconds(1));
    assertEquals(List.of("CLOSE 1002"), socket.sent);
    assertFalse(socket.aborted);
  }

  @Test
  void whatTheContainerClosesOfItsOwnAccordSaysFarewellToo() {
    connection.onStopping(close(1001), telling(new ArrayList<>()));
    assertEquals(List.of(CloseReason.GOING_AWAY), dialect.closed);
    sender.close(CloseReason.GOING_AWAY, Optional.of("bye"));
    assertEquals(List.of("bye", "CLOSE 1001"), socket.sent);
  }

  @Test
  void anEndOfOurOwnMeanwhileIsByTheProtocolsCloseToo() {
    connection.onEnding(close(1002), telling(new ArrayList<>()));
    sender.close(CloseReason.RESTART, Optional.of("bye"));
    dialect.ending.run();
    assertEquals(List.of("bye", "CLOSE 1002"), socket.sent);
  }

  @Test
  void theProtocolsCloseIsReportedWhenItCannotBeWritten() {
    List<String> told = new ArrayList<>();
    socket.stalled = true;
    sender.send("in flight");
    connection.onEnding(close(1002), telling(told));
    socket.unwritten.remove().failed(new IOException("broken pipe"));
    assertEquals(List.of("failed"), told);
    connection.onEnding(close(1002), telling(told));
    assertEquals(List.of("failed", "failed"), told);
  }

  private static Completion telling(List<String> told) {
    return new Completion() {
      @Override
      public void succeeded() {
        told.add("written");
      }

      @Override
      public void failed(Throwable cause) {
        told.add("failed");
      }
    };
  }

  private static EncodedFrames close(int code) {
    return EncodedFrames.of(Opcode.CLOSE, ByteBuffer.allocate(2).putShort(0, (short) code));
  }

  @Test
  void cutsOffWhoNeverReadsItsAnswers() {
    socket.stalled = true;
    for (int i = 0; i < 5000 && !socket.aborted; i++) {
      sender.send("x".repeat(100));
    }
    assertTrue(socket.aborted);
  }

  @Test
  void sendsManyControlLinesInFramesOfBoundedLength() {
    socket.stalled = true;
    for (int i = 0; i < 1200; i++) {
      sender.send("x".repeat(100));
    }
    socket.recover();
    assertTrue(socket.sent.stream().allMatch(text -> text.length() <= 64 << 10));
    assertEquals(1200, socket.sent.stream().mapToLong(text -> text.lines().count()).sum());
  }

  @Test
  void pingsAQuietPeerAndLetsGoOfASilentOne() {
    pass(Duration.ofSeconds(24));
    assertEquals(List.of(), socket.sent);
    pass(Duration.ofSeconds(1));
    assertEquals(List.of("PING"), socket.sent);
    pass(Duration.ofSeconds(50));
    assertEquals(List.of("PING", "PING", "PING"), socket.sent);
    assertEquals(List.of(), dialect.closed);
    pass(Duration.ofSeconds(1));
    assertEquals(1001, dialect.closed.get(0).code());
  }

  @Test
  void keepsAQuietPeerThatAnswersPings() {
    for (int i = 0; i < 20; i++) {
      pass(Duration.ofSeconds(25));
      socket.bytesIn += 6;
    }
    assertEquals(List.of(), dialect.closed);
    assertFalse(socket.aborted);
  }

  @Test
  void keepsAPeerThatReadsSlowlyAndSaysNothing() {
    socket.stalled = true;
    gate.offer(texts("large"), () -> {});
    for (int i = 0; i < 10; i++) {
      socket.bytesTaken += 1;
      pass(Duration.ofSeconds(50));
    }
    assertEquals(List.of(), dialect.closed);
    assertFalse(socket.aborted);
  }

  @Test
  void givesAPeerThatHasMuchToReadTheTimeForIt() {
    // Taken by the kernel at once: to us nothing is under way.
    socket.bytesTaken += 1 << 20;
    pass(Duration.ofSeconds(75 + 60));
    assertEquals(List.of(), dialect.closed);
    pass(Duration.ofSeconds(10));
    assertEquals(1001, dialect.closed.get(0).code());
  }

  @Test
  void cutsAPeerThatTakesNoByte() {
    socket.stalled = true;
    gate.offer(texts("a"), () -> {});
    pass(Duration.ofSeconds(60));
    assertFalse(socket.aborted);
    pass(Duration.ofSeconds(1));
    assertTrue(socket.aborted);
  }

  @Test
  void cutsAPeerThatSendsAndTakesNoByte() {
    socket.stalled = true;
    gate.offer(texts("a"), () -> {});
    for (int i = 0; i < 6; i++) {
      socket.bytesIn += 100;
      pass(Duration.ofSeconds(10));
    }
    assertFalse(socket.aborted);
    pass(Duration.ofSeconds(1));
    assertTrue(socket.aborted);
  }

  @Test
  void cutsAConnectionWhoseCloseDoesNotGetThrough() {
    socket.stalled = true;
    sender.send("a");
    sender.close(CloseReason.RESTART, Optional.empty());
    pass(Duration.ofSeconds(3));
    assertFalse(socket.aborted);
    pass(Duration.ofSeconds(1));
    assertTrue(socket.aborted);
  }

  @Test
  void hearsNothingMoreOnceTheEndIsDecidedOn() {
    socket.stalled = true;
    sender.send("a");
    connection.onMessage(Body.text("before"));
    sender.close(CloseReason.OVERLOADED, Optional.empty());
    connection.onMessage(Body.text("after"));
    assertEquals(List.of("before"), dialect.heard);
  }

  @Test
  void cutsAConnectionThatCannotBeWrittenTo() {
    socket.broken = true;
    sender.send("a");
    assertTrue(socket.aborted);
  }

  @Test
  void cutsAConnectionWhoseWriteFailed() {
    socket.stalled = true;
    sender.send("a");
    socket.unwritten.remove().failed(new IOException("broken pipe"));
    assertTrue(socket.aborted);
  }

  @Test
  void aFrameThatCannotBeHandledEndsTheConnectionWithoutDetail() {
    dialect.failing = true;
    connection.onMessage(Body.text("a"));
    assertEquals(List.of(CloseReason.FAULT), dialect.closed);
  }

  private CompletionStage<?> frame(boolean isLast, byte opcode, String content) {
    return connection.onFrame(opcode, isLast, UTF_8.encode(content));
  }

  @Test
  void countsAMessageInSeveralFramesUntilItWasHandled() {
    frame(false, Opcode.TEXT, "ab");
    frame(false, Opcode.CONTINUATION, "cd");
    assertTrue(begun.held() >= 8, "as bytes, and as text");
    dialect.readOn = new CompletableFuture<>();
    frame(true, Opcode.CONTINUATION, "ef");
    assertEquals(List.of("abcdef"), dialect.heard);
    assertTrue(begun.held() >= 12);
    dialect.readOn.complete(null);
    assertEquals(0, begun.held());
  }

  @Test
  void whatIsReadOnAfterAPauseIsCountedAnew() {
    CompletableFuture<Void> pause = new CompletableFuture<>();
    dialect.readOn = pause;
    frame(false, Opcode.TEXT, "ab");
    frame(true, Opcode.CONTINUATION, "c")
        .thenRun(
            () -> {
              dialect.readOn = new CompletableFuture<>();
              frame(false, Opcode.TEXT, "defg");
              frame(true, Opcode.CONTINUATION, "h");
            });
    assertTrue(begun.held() >= 6);
    pause.complete(null);
    assertEquals(List.of("abc", "defgh"), dialect.heard);
    assertTrue(begun.held() >= 10);
    pass(Duration.ofSeconds(200));
    assertEquals(List.of(), dialect.closed, "it is not read from");
    dialect.readOn.complete(null);
    assertEquals(0, begun.held());
  }

  @Test
  void whoseMessageFindsNoRoomIsToComeBackLater() {
    HeldBytes.Part others = begun.from(Optional.empty()).take(0);
    frame(false, Opcode.TEXT, "ab");
    others.add(POOL - 4);
    frame(false, Opcode.CONTINUATION, "c".repeat(4096));
    assertEquals(List.of(CloseReason.OVERLOADED), dialect.closed);
    others.release();
    assertEquals(0, begun.held());
    // What goes on to come until the peer has heard of it is not gathered.
    frame(true, Opcode.CONTINUATION, "d");
    assertEquals(List.of(), dialect.heard);
    assertEquals(0, begun.held());
  }

  @Test
  void aFaultOfOursInTakingAFrameIsNotToldThePeer() {
    connection.onFrame(Opcode.TEXT, true, null);
    assertEquals(List.of(CloseReason.FAULT), dialect.closed);
  }

  @Test
  void aShortMessageNeedsNoRoom() {
    begun.from(Optional.empty()).take(POOL);
    frame(true, Opcode.TEXT, "x");
    assertEquals(List.of("x"), dialect.heard);
  }

  @Test
  void aMessageThatComesTooSlowlyIsNotWaitedFor() {
    frame(false, Opcode.TEXT, "x".repeat(4096));
    for (int i = 0; i < 32; i++) {
      socket.bytesIn++;
      pass(Duration.ofSeconds(1));
    }
    assertEquals(List.of(), dialect.closed);
    pass(Duration.ofSeconds(1));
    assertEquals(1001, dialect.closed.get(0).code());
    assertEquals(0, begun.held());
  }

  @Test
  void whatHadBegunIsForgottenWithItsConnection() {
    frame(false, Opcode.TEXT, "ab");
    connection.onGone();
    assertEquals(0, begun.held());
    frame(false, Opcode.CONTINUATION, "cd");
    assertEquals(0, begun.held());
  }

  private static EncodedFrames large() {
    return EncodedFrames.text("x".repeat(1 << 20));
  }

  @Test
  void whatIsLargeFindsRoomOrIsAskedForAgainOnceThereIsSome() {
    List<String> asked = new ArrayList<>();
    HeldBytes.Part others = unsent.from(ELSEWHERE).take(0);
    others.set(POOL);
    assertTrue(gate.offer(texts("small"), () -> {}));
    assertFalse(gate.offer(large(), () -> asked.add("large")));
    pass(Duration.ofSeconds(2));
    assertEquals(List.of(), asked);
    others.release();
    pass(Duration.ofSeconds(1));
    assertEquals(List.of("large"), asked);
    assertTrue(unsent.held() > 1 << 20, "reserved");
    socket.stalled = true;
    assertTrue(gate.offer(large(), () -> {}));
    assertTrue(unsent.held() < 2 << 20, "once");
    socket.recover();
    assertEquals(0, unsent.held());
  }

  @Test
  void whatSeveralAreSentIsHeldOnceUntilTheLastHasTakenIt() {
    FakeSocket another = new FakeSocket();
    FrameSender other = new FrameSender(another, () -> 0, unsent.from(ELSEWHERE));
    BatchGate<EncodedFrames> otherGate = other.gate();
    socket.stalled = true;
    another.stalled = true;
    EncodedFrames shared = large();
    assertTrue(gate.offer(shared, () -> {}));
    long once = unsent.held();
    assertTrue(otherGate.offer(shared, () -> {}));
    assertEquals(once, unsent.held());
    socket.recover();
    assertEquals(once, unsent.held());
    // What this address has taken is not charged to it any more, whoever was the first.
    long most = POOL * 3 / 16;
    assertTrue(unsent.from(HOME).hasRoom(most));
    assertFalse(unsent.from(ELSEWHERE).hasRoom(most));
    other.onGone();
    otherGate.end();
    assertEquals(0, unsent.held());
  }

  @Test
  void whatIsReservedIsGivenBackIfItIsNotWantedAnyMore() {
    HeldBytes.Part others = unsent.from(ELSEWHERE).take(0);
    others.set(POOL);
    assertFalse(gate.offer(large(), () -> {}));
    others.release();
    pass(Duration.ofSeconds(1));
    assertTrue(unsent.held() > 0);
    pass(Duration.ofSeconds(1));
    assertEquals(0, unsent.held());
  }

  @Test
  void anAddressHasAPartAndTheOthersHaveTheRest() {
    HeldBytes.Part home = unsent.from(HOME).take(POOL / 4);
    assertThrows(RefusedException.class, () -> unsent.from(HOME).take(POOL / 4));
    unsent.from(ELSEWHERE).take(POOL / 4).release();
    home.release();
    assertEquals(0, unsent.held());
    // What is alone fits, however large.
    unsent.from(HOME).take(2 * POOL).release();
  }

  @Test
  void largePiecesLeaveRoomForSmallOnes() {
    HeldBytes pool = HeldBytes.of(POOL);
    pool.from(HOME).take(POOL / 5);
    assertThrows(RefusedException.class, () -> pool.from(HOME).take(POOL / 20));
    pool.from(HOME).take(HeldBytes.SMALL);
    for (int i = 3; i < 20; i++) {
      HeldBytes.From another = pool.from(Addresses.literal("192.0.2." + i));
      try {
        another.take(POOL / 5);
      } catch (RefusedException full) {
        assertTrue(pool.held() > POOL / 2, "full too early");
        another.take(HeldBytes.SMALL);
      }
    }
    assertTrue(pool.held() < POOL * 4 / 5 + 20 * HeldBytes.SMALL);
  }

  @Test
  void whatIsNotTakenIsCountedHoweverSmall() {
    assertTrue(gate.offer(texts("taken at once"), () -> {}));
    assertEquals(0, unsent.held());
    socket.stalled = true;
    assertTrue(gate.offer(texts("not taken"), () -> {}));
    pass(Duration.ofSeconds(1));
    assertTrue(unsent.held() > 0);
    socket.recover();
    assertEquals(0, unsent.held());
  }

  @Test
  void anAddressThatTakesNothingIsGivenNothingMore() {
    List<String> asked = new ArrayList<>();
    HeldBytes.Part home = unsent.from(HOME).take(0);
    home.set(POOL / 4);
    assertFalse(gate.offer(texts("small"), () -> asked.add("small")));
    FrameSender other = new FrameSender(new FakeSocket(), () -> 0, unsent.from(ELSEWHERE));
    BatchGate<EncodedFrames> otherGate = other.gate();
    assertTrue(otherGate.offer(texts("small"), () -> {}));
    pass(Duration.ofSeconds(1));
    assertEquals(List.of(), asked);
    home.release();
    pass(Duration.ofSeconds(1));
    assertEquals(List.of("small"), asked);
    assertTrue(gate.offer(texts("small"), () -> {}));
  }

  @Test
  void answersThatAreNotTakenAreCountedAndNoMoreIsAskedFor() {
    sender.send("taken");
    assertTrue(Conversation.readsOn(sender.answersTaken()));
    assertEquals(0, unsent.held());
    socket.stalled = true;
    String answer = "x".repeat(1000);
    for (int i = 0; i * 1000 < FrameSender.MAX_ANSWERS_CHARS; i++) {
      assertTrue(Conversation.readsOn(sender.answersTaken()));
      sender.send(answer);
    }
    sender.send(answer);
    assertTrue(unsent.held() > FrameSender.MAX_ANSWERS_CHARS);
    CompletionStage<?> readOn = sender.answersTaken();
    assertFalse(Conversation.readsOn(readOn));
    socket.recover();
    assertTrue(Conversation.readsOn(readOn));
    assertTrue(Conversation.readsOn(sender.answersTaken()));
    assertEquals(0, unsent.held());
  }

  @Test
  void whoWaitsForAnswersToBeTakenHearsOfTheEnd() {
    socket.stalled = true;
    for (int i = 0; i < 20; i++) {
      sender.send("x".repeat(1000));
    }
    CompletionStage<?> readOn = sender.answersTaken();
    assertFalse(Conversation.readsOn(readOn));
    connection.onGone();
    assertTrue(Conversation.readsOn(readOn));
    assertEquals(0, unsent.held());
  }

  @Test
  void whenItsAddressHasTooMuchWaitingEvenOneAnswerWaitsToBeTaken() {
    unsent.from(HOME).take(0).set(POOL / 4);
    socket.stalled = true;
    sender.send("in flight");
    assertTrue(Conversation.readsOn(sender.answersTaken()));
    sender.send("waiting");
    CompletionStage<?> readOn = sender.answersTaken();
    assertFalse(Conversation.readsOn(readOn));
    socket.recover();
    assertTrue(Conversation.readsOn(readOn));
  }

  @Test
  void pingsPongsAndSmallFragmentsAreNotForNothing() {
    connection.onPing(ByteBuffer.allocate(0));
    connection.onPong();
    assertEquals(2, dialect.trifles);
    frame(false, Opcode.TEXT, "a");
    for (int i = 0; i < 15; i++) {
      frame(false, Opcode.CONTINUATION, "b");
    }
    assertEquals(4, dialect.trifles);
    frame(false, Opcode.CONTINUATION, "c".repeat(4096));
    assertEquals(4, dialect.trifles);
  }

  private static final class RecordingDialect implements Conversation {
    private final List<CloseReason> closed = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    private int trifles;
    private boolean failing;
    private CompletableFuture<Void> readOn;
    private Runnable ending;

    @Override
    public void onOpen() {}

    @Override
    public CompletionStage<?> onMessage(Body message) {
      heard.add(message.text());
      if (failing) {
        throw new IllegalStateException("inner detail");
      }
      return readOn == null ? READ_ON : readOn;
    }

    @Override
    public CompletionStage<?> onTrifle() {
      trifles++;
      return READ_ON;
    }

    @Override
    public void onEnding(Runnable whenAnswered) {
      ending = whenAnswered;
    }

    @Override
    public void onGone() {}

    @Override
    public void close(CloseReason reason) {
      closed.add(reason);
    }

    @Override
    public Optional<EncodedFrames> encoded(Batch batch) {
      return Optional.empty();
    }
  }
}
