package io.durablechat.gateway;

import io.durablechat.core.CloseReason;
import io.durablechat.core.Draft;
import io.durablechat.core.Member;
import io.durablechat.core.Range;
import io.durablechat.core.Receipt;
import io.durablechat.core.RefusedException;
import io.durablechat.core.RefusedException.Reason;
import io.durablechat.core.Start;
import io.durablechat.gateway.auth.AuthRequest.Source;
import io.durablechat.gateway.auth.Credentials;
import io.durablechat.gateway.auth.NotAuthenticatedException;
import io.durablechat.gateway.auth.Right;
import io.durablechat.gateway.auth.Visitor;
import io.durablechat.gateway.limits.HeldBytes;
import io.durablechat.gateway.limits.Refusals;
import io.durablechat.gateway.limits.Throttle;
import io.durablechat.gateway.limits.Work;
import io.durablechat.gateway.transport.EncodedFrames;
import io.durablechat.wire.Command;
import io.durablechat.wire.ErrorCode;
import io.durablechat.wire.ModerationRequest;
import io.durablechat.wire.Protocol;
import io.durablechat.wire.ReceivedCommand;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What each command of {@code chat.v1} has done. Commands of a client come one after another. */
final class ChatV1Commands {
  static final CloseReason NO_HELLO =
      CloseReason.policy(
          "hello must come first, within " + Protocol.HELLO_WITHIN.toSeconds() + " s");

  private final Caller caller;
  private final ReadPace pace;
  private final Seat<EncodedFrames> seat;
  private final ChatV1Answers answers;
  private final Optional<Moderator> moderator;
  private final HistoryPages pages;
  private final Consumer<CloseReason> close;

  /** Whether hello was said and understood. */
  private volatile boolean isIntroduced;

  /** Completes once the room has let the session in, or will not any more. */
  private final CompletableFuture<Void> joined = new CompletableFuture<>();

  ChatV1Commands(
      Opening opening,
      Seat<EncodedFrames> seat,
      ChatV1Answers answers,
      Consumer<CloseReason> close) {
    this.caller = opening.caller();
    this.pace = opening.pace();
    this.seat = seat;
    this.answers = answers;
    this.moderator = Moderator.of(opening.reception().rooms(), opening.reception().secret());
    this.pages = opening.pages();
    this.close = close;
  }

  boolean isIntroduced() {
    return isIntroduced;
  }

  /** The room has let the session in, or will not any more. A second call is harmless. */
  void onSettled() {
    joined.complete(null);
  }

  /** The client is gone. */
  void onGone() {
    pages.end();
    onSettled();
  }

  /**
   * Does what a command asks for.
   *
   * @param length of what was read for it, in characters
   * @return completes when the next may be read
   */
  CompletionStage<?> onCommand(ReceivedCommand command, int length) {
    Optional<String> id = command.id();
    String type = command.type();
    if (seat.session().isEmpty() && !type.equals("hello")) {
      close.accept(NO_HELLO);
      return Conversation.READ_ON;
    }
    if (!type.equals("publish")) {
      Optional<Throttle.Refusal> over = pace.onRequest(work(type), length);
      if (over.isPresent()) {
        return answers.rateLimited(id, over.get());
      }
    }
    return switch (type) {
      case "hello" -> hello(command, length);
      case "auth" -> auth(command);
      case "publish" -> publish(command);
      case "history" -> afterJoin(id, length, () -> history(command.history()));
      case "rename" -> answers.elsewhere(id, length, () -> rename(command.rename()));
      case "delete" ->
          afterJoin(id, length, () -> moderate(command, () -> command.delete().request()));
      case "moderate" ->
          afterJoin(id, length, () -> moderate(command, () -> command.moderate().request()));
      case "typing" -> typing(command.typing());
      case "ping" -> pong();
      default -> unsupported(id, "this server does not know this type");
    };
  }

  private static Work work(String type) {
    return switch (type) {
      case "hello" -> Work.HELLO;
      case "auth" -> Work.AUTH;
      case "history" -> Work.HISTORY;
      case "rename" -> Work.RENAME;
      case "delete", "moderate" -> Work.MODERATE;
      case "typing" -> Work.TYPING;
      default -> Work.TRIFLE;
    };
  }

  private CompletionStage<?> pong() {
    answers.send(ServerObjects.PONG);
    return Conversation.READ_ON;
  }

  private CompletionStage<?> unsupported(Optional<String> id, String why) {
    answers.error(id, ErrorCode.UNSUPPORTED, why);
    return Conversation.READ_ON;
  }

  /**
   * For what the session itself does not see to: who is banned is turned away by the room, and may
   * say more until then.
   */
  private CompletionStage<?> afterJoin(
      Optional<String> id, int length, ChatV1Answers.Command command) {
    return answers.after(joined, id, length, command);
  }

  private CompletionStage<?> hello(ReceivedCommand command, int length) {
    if (isIntroduced) {
      throw new BadRequestException("hello was said before");
    }
    Command.Hello hello = command.hello();
    Optional<String> id = command.id();
    return hello.name().isEmpty()
        ? hello(hello, id, Optional.empty())
        : answers.elsewhere(
            id, length, () -> hello(hello, id, hello.name().map(caller::checkedName)));
  }

  private CompletionStage<?> hello(
      Command.Hello hello, Optional<String> id, Optional<String> checkedName) {
    Optional<String> token = hello.token();
    if (token.isPresent() && !caller.takesTokens()) {
      return unsupported(id, "this server takes no tokens; say hello with a key");
    }
    Optional<Credentials> said =
        token
            .map(shown -> Credentials.token(Source.HELLO, shown))
            .or(() -> hello.key().map(Credentials::key));
    Start start = ChatV1Values.start(hello, seat.room().name());
    CompletionStage<Visitor> admitted = seat.admit(said, hello.invite());
    isIntroduced = true;
    seat.awaiting(joined);
    return admitted.handle(
        (visitor, e) -> {
          if (e != null) {
            close.accept(Access.closeReason(e));
          } else {
            Member member = checkedName.map(visitor::named).orElse(visitor.member());
            seat.join(member, start);
          }
          return null;
        });
  }

  /** Another token, before the one that was shown expires. */
  private CompletionStage<?> auth(ReceivedCommand command) {
    Optional<String> id = command.id();
    if (!caller.takesTokens()) {
      return unsupported(id, "this server takes no tokens");
    }
    Command.Auth auth = command.auth();
    return seat.renew(auth.token())
        .handle(
            (visitor, e) -> {
              if (e == null) {
                answers.send(ServerObjects.authenticated(auth.id(), seat.rights()));
              } else if (Refusals.cause(e) instanceof NotAuthenticatedException refusal) {
                answers.error(id, ErrorCode.NOT_AUTHENTICATED, refusal.getMessage());
              } else if (Refusals.of(e).reason() == Reason.OVERLOADED) {
                // The token that was shown before is still good.
                answers.error(id, Refusals.of(e));
              } else {
                close.accept(Access.closeReason(e));
              }
              return null;
            });
  }

  private CompletionStage<?> publish(ReceivedCommand command) {
    Optional<String> id = command.id();
    Optional<Throttle.Refusal> over = pace.onPublish();
    if (over.isPresent()) {
      return answers.rateLimited(id, over.get());
    }
    if (!seat.may(Right.PUBLISH)) {
      throw RefusedException.of(Reason.FORBIDDEN, "you may not publish in this room");
    }
    Draft draft = ChatV1Values.draft(command.publish());
    HeldBytes.Part memory = caller.charges().draft(draft.body().size());
    CompletableFuture<Receipt> settled =
        seat.publish(draft, false, memory, (receipt, e) -> answerPublish(id, receipt, e));
    // Refused before its room has seen it: too much waits.
    return settled.isCompletedExceptionally() ? pace.pause() : Conversation.READ_ON;
  }

  private void answerPublish(Optional<String> id, Receipt receipt, Throwable refusal) {
    if (refusal != null) {
      answers.error(id, Refusals.of(refusal));
    } else if (id.isPresent()) {
      answers.send(ServerObjects.ok(id.get(), receipt));
    }
  }

  private CompletionStage<?> rename(Command.Rename rename) {
    if (!seat.may(Right.PUBLISH)) {
      throw RefusedException.of(Reason.FORBIDDEN, "you may not publish in this room");
    }
    if (caller.isNamed()) {
      throw RefusedException.of(Reason.FORBIDDEN, "your name comes with your token");
    }
    Member renamed = caller.named(caller.checkedName(rename.name()));
    return answers.answered(
        rename.id(),
        seat.session().orElseThrow().rename(renamed),
        done -> ServerObjects.renamed(rename.id(), done));
  }

  private CompletionStage<?> moderate(ReceivedCommand command, Supplier<ModerationRequest> asked) {
    String id = command.moderationId();
    if (moderator.isEmpty()) {
      return unsupported(command.id(), "nothing is moderated here");
    }
    if (!seat.may(Right.MODERATE)) {
      throw RefusedException.of(Reason.FORBIDDEN, "you may not moderate this room");
    }
    return answers.answered(
        id,
        moderator
            .get()
            .rule(
                seat.session().orElseThrow().member(),
                Optional.of(seat.room().name()),
                asked.get()),
        done -> ServerObjects.ruled(id, done));
  }

  private CompletionStage<?> typing(Command.Typing typing) {
    seat.session().orElseThrow().typing(typing.on() && seat.may(Right.PUBLISH));
    return Conversation.READ_ON;
  }

  /** One page at a time: the next is asked for once this one is there. */
  private CompletionStage<?> history(Command.History ask) {
    Range range = ChatV1Values.range(ask);
    if (!pages.begin()) {
      throw ChatV1Answers.oneAtATime();
    }
    CompletionStage<?> sent = pages.send(seat.room(), range, ask.id());
    seat.awaiting(sent);
    return Conversation.READ_ON;
  }
}
