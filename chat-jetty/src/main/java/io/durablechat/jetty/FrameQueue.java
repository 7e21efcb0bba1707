package io.durablechat.jetty;

import io.durablechat.core.CloseReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.eclipse.jetty.util.Callback;

/**
 * What waits to go out to one connection, and what of it is next: a ping or pong, or else what came
 * first, and the farewell and the frame that it ends with last. Guarded by its {@link FrameSender}.
 */
final class FrameQueue {
  /** Control lines that may wait, in characters: a welcome, and answers to 1,024 publishes. */
  static final int MAX_CONTROL_CHARS = 160 << 10;

  /** Control lines joined into one frame, in characters. */
  private static final int MAX_JOINED_CHARS = 64 << 10;

  private final Queue<Item> waiting = new ArrayDeque<>(2);
  private int controlChars;
  private int controls;

  /** A ping or pong that goes before all that waits. */
  private Unseen unseen;

  /** The last frame, of ours or of the protocol's; taken when its time has come. */
  private Item last;

  private boolean isOver;

  /**
   * What waits to be written: the gate of a batch, an answer that is large, a control line, and so
   * on.
   */
  sealed interface Item permits FrameSender.Gate, Reply, Control, Unseen, Close, End {}

  /** A large answer. */
  record Reply(Outgoing outgoing, Runnable onBegun, Runnable onDone) implements Item {}

  /** A line. */
  record Control(String line) implements Item {}

  /** What no script in a browser sees. */
  record Unseen(Outgoing outgoing, Runnable onWritten) implements Item {}

  /** The end that this side decided on. */
  record Close(CloseReason reason) implements Item {}

  /** The end by the protocol. */
  record End(Outgoing closeFrame, Callback onWritten) implements Item {}

  void add(FrameSender.Gate batch) {
    waiting.add(batch);
  }

  void add(Reply reply) {
    waiting.add(reply);
  }

  /** Adds a line; false if too many wait. */
  boolean add(Control line) {
    if (controlChars + line.line().length() > MAX_CONTROL_CHARS) {
      return false;
    }
    onAdded(line);
    return true;
  }

  private void onAdded(Control line) {
    controlChars += line.line().length();
    controls++;
    waiting.add(line);
  }

  private void onTaken(Control line) {
    controlChars -= line.line().length();
    controls--;
  }

  /** How many lines wait. */
  int controls() {
    return controls;
  }

  /** How long they are together, in characters. */
  int controlChars() {
    return controlChars;
  }

  /** Adds the last line, which always may be said. */
  void addFarewell(Control line) {
    onAdded(line);
  }

  /** Whether a ping or pong waits. */
  boolean hasUnseen() {
    return unseen != null;
  }

  /** Has this go before all that waits, in place of another such. */
  void setUnseen(Unseen frame) {
    unseen = frame;
  }

  /**
   * Has this be the last, before which no ping or pong is of use any more.
   *
   * @return the one that waited and is dropped, or null
   */
  Unseen setLast(Item frame) {
    Unseen dropped = unseen;
    unseen = null;
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
    if (unseen != null) {
      Unseen due = unseen;
      unseen = null;
      return due;
    }
    Item item = waiting.poll();
    if (item instanceof Control first) {
      return joined(first);
    }
    if (item == null && last != null) {
      isOver = true;
      return last;
    }
    return item;
  }

  private Control joined(Control first) {
    onTaken(first);
    if (!(waiting.peek() instanceof Control)) {
      return first;
    }
    StringBuilder lines = new StringBuilder(first.line());
    while (waiting.peek() instanceof Control next
        && lines.length() + next.line().length() < MAX_JOINED_CHARS) {
      waiting.remove();
      onTaken(next);
      lines.append('\n').append(next.line());
    }
    return new Control(lines.toString());
  }

  /** Ends it: nothing is next any more. What waited is returned. */
  List<Item> end() {
    isOver = true;
    List<Item> undone = new ArrayList<>(waiting);
    waiting.clear();
    return undone;
  }
}
