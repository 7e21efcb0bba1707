package io.durablechat.gateway.http;

import io.durablechat.gateway.transport.ByteSink;
import io.durablechat.gateway.transport.Completion;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A body that is written piece by piece. It decides on the answer: the first write makes it a
 * stream of events, a refusal a problem. Writes come one after another, as with {@link ByteSink};
 * the rest may be called from any thread.
 */
public final class AnswerStream implements ByteSink, Answer.Body {
  private final ApiRequest request;
  private final CompletableFuture<Answer> answer = new CompletableFuture<>();

  /** What is done first once there is somewhere to write to; null before and after. */
  private volatile Runnable first;

  /** Where it goes; null until the answer is being written. */
  private volatile ByteSink open;

  /** Why nothing is to be written; null unless it was cut. Guarded by this. */
  private Throwable cut;

  /** A stream that has not begun, in answer to this request. */
  public AnswerStream(ApiRequest request) {
    this.request = request;
  }

  /** Returns the answer, once it is known what it is; fails if the stream is cut before. */
  public CompletionStage<Answer> answer() {
    return answer;
  }

  /** Begins to write to this: called once, when the headers have been set. */
  public void begin(ByteSink sink) {
    Throwable cause;
    synchronized (this) {
      open = sink;
      cause = cut;
    }
    Runnable task = first;
    // It holds what is to be written.
    first = null;
    if (cause == null) {
      task.run();
    } else {
      sink.abort(cause);
    }
  }

  /** Ends a stream whose answer could not be begun: who writes to it has to hear of that. */
  public void fail(Throwable cause) {
    ByteSink sink = open;
    if (sink == null) {
      begin(new FailedSink(cause));
    } else {
      sink.abort(cause);
    }
  }

  /** A sink that takes nothing. */
  private record FailedSink(Throwable cause) implements ByteSink {
    @Override
    public void write(ByteBuffer bytes, Completion done) {
      done.failed(cause);
    }

    @Override
    public void end(Completion done) {
      done.failed(cause);
    }

    @Override
    public void abort(Throwable why) {
      // There is nothing left.
    }

    @Override
    public long taken() {
      return UNKNOWN;
    }
  }

  private void beginWith(Runnable task) {
    first = task;
    answer.complete(Answer.events(this));
  }

  @Override
  public void write(ByteBuffer bytes, Completion done) {
    ByteSink sink = open;
    if (sink == null) {
      beginWith(() -> open.write(bytes, done));
    } else {
      sink.write(bytes, done);
    }
  }

  @Override
  public void end(Completion done) {
    ByteSink sink = open;
    if (sink == null) {
      beginWith(() -> open.end(done));
    } else {
      sink.end(done);
    }
  }

  /** Answers with a problem instead; before anything was written. */
  void refuse(Problem problem, Completion done) {
    answer.complete(problem.answer(request).ending(done::succeeded));
  }

  @Override
  public void abort(Throwable cause) {
    ByteSink sink;
    synchronized (this) {
      sink = open;
      cut = cause;
    }
    if (sink == null) {
      answer.completeExceptionally(cause);
    } else {
      sink.abort(cause);
    }
  }

  @Override
  public long taken() {
    ByteSink sink = open;
    return sink == null ? UNKNOWN : sink.taken();
  }
}
