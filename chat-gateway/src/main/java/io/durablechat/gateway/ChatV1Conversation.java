package io.durablechat.gateway;

import io.durablechat.core.Batch;
import io.durablechat.core.Body;
import io.durablechat.core.CloseReason;
import io.durablechat.core.Cursor;
import io.durablechat.core.Joined;
import io.durablechat.core.Room;
import io.durablechat.core.RoomMode;
import io.durablechat.core.Signal;
import io.durablechat.core.Terms;
import io.durablechat.gateway.limits.Work;
import io.durablechat.gateway.transport.EncodedFrames;
import io.durablechat.gateway.transport.FrameSender;
import io.durablechat.wire.ErrorCode;
import io.durablechat.wire.MalformedException;
import io.durablechat.wire.Protocol;
import io.durablechat.wire.ReceivedCommand;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * The dialect {@code chat.v1}: JSON objects, one or more to a frame, one to a line. What a client
 * says wrong gets an {@code error} and the session goes on, unless it did not begin with {@code
 * hello}.
 */
final class ChatV1Conversation implements Conversation {
  /** The server says something at least this often. */
  static final Duration HEARTBEAT = Duration.ofSeconds(25);

  /** How long it may take until it is known who has said hello. */
  private static final Duration ADMITTED_WITHIN = Duration.ofSeconds(60);

  /** After so many lines of a frame others have their turn. */
  private static final int LINES_IN_A_ROW = 64;

  private static final Pattern NEWLINE = Pattern.compile("\n");

  private final Room room;
  private final Terms terms;
  private final FrameSender sender;
  private final LongSupplier waking;
  private final long openedAt;
  private final Seat<EncodedFrames> seat;
  private final Caller caller;
  private final ReadPace pace;
  private final Comeback comeback;
  private final ChatV1Answers answers;
  private final ChatV1Commands commands;

  ChatV1Conversation(Opening opening) {
    Reception reception = opening.reception();
    this.room = opening.room();
    this.terms = reception.rooms().terms();
    this.sender = opening.sender();
    this.waking = reception.waking();
    this.caller = opening.caller();
    this.pace = opening.pace();
    this.comeback = reception.comeback();
    this.openedAt = waking.getAsLong();
    this.seat = opening.seat(Protocol.SUBPROTOCOL, this);
    this.answers = new ChatV1Answers(sender, pace, seat, reception.meters(), this::close);
    this.commands = new ChatV1Commands(opening, seat, answers, this::close);
  }

  @Override
  public void onOpen() {
    // The client begins.
  }

  @Override
  public CompletionStage<?> onMessage(Body message) {
    if (message.isText()) {
      return onFrame(message.text());
    }
    if (seat.session().isEmpty()) {
      close(ChatV1Commands.NO_HELLO);
      return READ_ON;
    }
    answers.error(
        Optional.empty(),
        ErrorCode.UNSUPPORTED,
        "binary frames mean nothing in " + Protocol.SUBPROTOCOL);
    return pace.orPause(Work.UNREADABLE, message.size());
  }

  @Override
  public CompletionStage<?> onTrifle() {
    return pace.onTrifle();
  }

  private CompletionStage<?> onFrame(String text) {
    if (text.isBlank()) {
      return pace.onTrifle();
    }
    if (text.indexOf('\n') < 0) {
      return onLine(text);
    }
    if (text.chars().filter(c -> c == '\n').limit(Protocol.MAX_LINES + 1L).count()
        > Protocol.MAX_LINES) {
      return answers.badRequest(
          Optional.empty(),
          new BadRequestException(
              "more than " + Protocol.MAX_LINES + " lines in a frame; none was read"),
          text.length());
    }
    // One by one: as many strings would take far more memory than the text.
    return onLines(NEWLINE.splitAsStream(text).iterator());
  }

  /** One after another: what follows hello means something only once that is settled. */
  private CompletionStage<?> onLines(Iterator<String> lines) {
    for (int row = 0; lines.hasNext() && !answers.isOver(); row++) {
      if (row == LINES_IN_A_ROW) {
        return pace.elsewhere().thenCompose(others -> onLines(lines));
      }
      String line = lines.next();
      if (!line.isBlank()) {
        CompletionStage<?> settled = onLine(line);
        if (!Conversation.readsOn(settled)) {
          return settled.thenCompose(done -> onLines(lines));
        }
      }
    }
    return READ_ON;
  }

  /** The next may be read once this is settled, and its client has read what it was answered. */
  private CompletionStage<?> onLine(String line) {
    CompletionStage<?> settled = answers.orError(Optional.empty(), line.length(), () -> read(line));
    return Conversation.readsOn(settled)
        ? answers.taken()
        : settled.thenCompose(done -> answers.taken());
  }

  private CompletionStage<?> read(String line) {
    ReceivedCommand command;
    try {
      command = ReceivedCommand.parse(line);
    } catch (MalformedException e) {
      return answers.badRequest(ReceivedCommand.idOf(line), e, line.length());
    }
    return answers.orError(
        command.id(), line.length(), () -> commands.onCommand(command, line.length()));
  }

  @Override
  public void onJoined(Joined how) {
    answers.send(ServerObjects.welcome(room, how, seat.rights(), terms, HEARTBEAT));
    commands.onSettled();
  }

  @Override
  public Optional<EncodedFrames> encoded(Batch batch) {
    return batch.as(ServerObjects.BATCH);
  }

  @Override
  public Optional<EncodedFrames> encoded(Signal signal) {
    return signal.as(ServerObjects.SIGNAL);
  }

  @Override
  public void onBehind(Cursor head) {
    answers.send(ServerObjects.behind(head));
  }

  @Override
  public void onLive(Cursor head) {
    answers.send(ServerObjects.live(head));
  }

  @Override
  public void onMode(RoomMode mode) {
    answers.send(ServerObjects.room(mode));
  }

  @Override
  public void onEnding(Runnable whenAnswered) {
    seat.whenAnswered(whenAnswered);
  }

  @Override
  public void onTick() {
    seat.onTick();
    long open = waking.getAsLong() - openedAt;
    if (!commands.isIntroduced() && open > Protocol.HELLO_WITHIN.toNanos()) {
      close(ChatV1Commands.NO_HELLO);
    } else if (seat.session().isEmpty() && open > ADMITTED_WITHIN.toNanos()) {
      // Whoever looks at tokens does not answer.
      close(CloseReason.OVERLOADED);
    } else if (caller.hasExpired()) {
      close(CloseReason.EXPIRED);
    } else if (sender.silentNanos() > HEARTBEAT.minus(Connections.TICK.multipliedBy(2)).toNanos()) {
      answers.send(ServerObjects.PONG);
    }
    caller.warning().ifPresent(left -> answers.send(ServerObjects.expiring(left)));
  }

  @Override
  public void onGone() {
    seat.onGone();
    commands.onGone();
    caller.end();
  }

  @Override
  public void close(CloseReason reason) {
    if (sender.close(reason, Optional.of(ServerObjects.bye(reason, comeback).toJson()))) {
      seat.onClosing(reason);
    }
    commands.onSettled();
  }
}
