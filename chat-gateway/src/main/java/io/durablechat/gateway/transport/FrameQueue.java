package io.durablechat.gateway.transport;

import io.durablechat.core.CloseReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * What waits to go out to one connection, and what of it is next: a ping or pong, or else what came
 * first, and the farewell and the frame that it ends with last. Guarded by its {@link FrameSender}.
 */
public final class FrameQueue {
  /** Lines that may wait, in characters: a welcome, and answers to 1,024 publishes. */
  public static final int MAX_LINE_CHARS = 160 << 10;

  /** Lines joined into one frame, in characters. */
  private static final int MAX_JOINED_CHARS = 64 << 10;

  private final Queue<Item> waiting = new ArrayDeque<>(2);
  private int lineChars;
  private int lines;

  /** A ping or pong that goes before all that waits. */
  private ControlFrame controlFrame;

  /** The last frame, of ours or of the protocol's; taken when its time has come. */
  private Item last;

  private boolean isOver;
  private boolean isFrameALine;

  /** What waits to be written. */
  sealed interface Item permits FrameSender.Gate, Reply, Line, ControlFrame, Close, End {
    /** Begins to write it; nothing is guarded. */
    void write(FrameSink sink, Completion done);

    /**
     * Notes that it was written; guarded by the sender.
     *
     * @return what is to be run once nothing is guarded, or null
     */
    default Runnable onWritten() {
      return null;
    }

    /**
     * Notes that it will not be written.
     *
     * @return what is to be run then, or null
     */
    default Runnable onUnwritten() {
      return null;
    }

    /** Returns whether every client can see it: scripts in browsers see no pings. */
    default boolean isVisible() {
      return true;
    }
  }

  /** A large answer. */
  record Reply(EncodedFrames frames, Runnable onBegun, Runnable onDone) implements Item {
    @Override
    public void write(FrameSink sink, Completion done) {
      onBegun.run();
      sink.write(frames, done);
    }

    @Override
    public Runnable onWritten() {
      return onDone;
    }

    @Override
    public Runnable onUnwritten() {
      return onDone;
    }
  }

  /**
   * A line of text, or several that go out together.
   *
   * @param isFrameALine whether each is a frame of its own, or all of them are one
   */
  record Line(List<String> texts, boolean isFrameALine) implements Item {
    Line(String text) {
      this(List.of(text), false);
    }

    /** Returns how long they are together, in characters. */
    int length() {
      int sum = 0;
      for (String text : texts) {
        sum += text.length();
      }
      return sum;
    }

    @Override
    public void write(FrameSink sink, Completion done) {
      sink.write(
          isFrameALine ? EncodedFrames.texts(texts) : EncodedFrames.text(String.join("\n", texts)),
          done);
    }
  }

  /** A ping or pong (RFC 6455, section 5.5). */
  record ControlFrame(EncodedFrames frame, Runnable done) implements Item {
    @Override
    public void write(FrameSink sink, Completion written) {
      sink.write(frame, written);
    }

    @Override
    public Runnable onWritten() {
      return done;
    }

    @Override
    public boolean isVisible() {
      return false;
    }
  }

  /** The end that this side decided on. */
  record Close(CloseReason reason) implements Item {
    @Override
    public void write(FrameSink sink, Completion done) {
      sink.close(reason, done);
    }
  }

  /** The end by the protocol. */
  record End(EncodedFrames closeFrame, Completion onWrittenOrNot) implements Item {
    @Override
    public void write(FrameSink sink, Completion done) {
      sink.write(closeFrame, done);
    }

    @Override
    public Runnable onWritten() {
      return onWrittenOrNot::succeeded;
    }
  }

  /** Has each line be a frame of its own, though they are written together. */
  void setFrameALine() {
    isFrameALine = true;
  }

  void add(FrameSender.Gate batch) {
    waiting.add(batch);
  }

  void add(Reply reply) {
    waiting.add(reply);
  }

  /** Adds a line; false if too many wait. */
  boolean add(Line line) {
    if (lineChars + line.length() > MAX_LINE_CHARS) {
      return false;
    }
    onAdded(line);
    return true;
  }

  private void onAdded(Line line) {
    lineChars += line.length();
    lines++;
    waiting.add(line);
  }

  private void onTaken(Line line) {
    lineChars -= line.length();
    lines--;
  }

  /** How many lines wait. */
  int lines() {
    return lines;
  }

  /** How long they are together, in characters. */
  int lineChars() {
    return lineChars;
  }

  /** Adds the last line, which always may be said. */
  void addFarewell(Line line) {
    onAdded(line);
  }

  /** Whether a ping or pong waits. */
  boolean hasControlFrame() {
    return controlFrame != null;
  }

  /** Has this go before all that waits, in place of another such. */
  void setControlFrame(ControlFrame frame) {
    controlFrame = frame;
  }

  /**
   * Has this be the last, before which no ping or pong is of use any more.
   *
   * @return the one that waited and is dropped, or null
   */
  ControlFrame setLast(Item frame) {
    ControlFrame dropped = controlFrame;
    controlFrame = null;
    last = frame;
    return dropped;
  }

  /** The last frame, or null. */
  Item last() {
    return last;
  }

  /** What to write now, or null. Nothing follows the last. */
  Item next() {
    if (isOver) {
      return null;
    }
    if (controlFrame != null) {
      ControlFrame due = controlFrame;
      controlFrame = null;
      return due;
    }
    Item item = waiting.poll();
    if (item instanceof Line first) {
      return joined(first);
    }
    if (item == null && last != null) {
      isOver = true;
      return last;
    }
    return item;
  }

  private Line joined(Line first) {
    onTaken(first);
    if (!(waiting.peek() instanceof Line)) {
      return isFrameALine ? new Line(first.texts(), true) : first;
    }
    List<String> texts = new ArrayList<>(first.texts());
    int length = first.length();
    while (waiting.peek() instanceof Line next && length + next.length() < MAX_JOINED_CHARS) {
      waiting.remove();
      onTaken(next);
      texts.addAll(next.texts());
      length += next.length() + 1;
    }
    return new Line(texts, isFrameALine);
  }

  /** Ends it: nothing is next any more. What waited is returned. */
  List<Item> end() {
    isOver = true;
    List<Item> undone = new ArrayList<>(waiting);
    waiting.clear();
    return undone;
  }
}
