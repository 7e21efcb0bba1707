package io.durablechat.cli;

import java.util.function.Consumer;

/** What becomes of what one connection receives. */
final class BenchReceiver implements Consumer<String> {
  private final String run;
  private final int number;
  private final BenchTally tally;
  private final BenchMeter meter;
  private volatile Runnable onEcho = () -> {};
  private volatile String heard = "";

  /**
   * A receiver.
   *
   * @param run the word that all messages of this run begin with
   * @param number the number of its connection, and of the sender on it
   */
  BenchReceiver(String run, int number, BenchTally tally, BenchMeter meter) {
    this.run = run;
    this.number = number;
    this.tally = tally;
    this.meter = meter;
  }

  /** Others may be in the room, too: what they say is passed over. */
  @Override
  public void accept(String text) {
    BenchMessage.parse(run, text).ifPresentOrElse(this::onMessage, () -> onOther(text));
  }

  private void onMessage(BenchMessage message) {
    boolean isEcho = message.sender() == number;
    if (tally.onDelivered(message)) {
      meter.onDelivered(message, isEcho);
      if (isEcho) {
        onEcho.run();
      }
    }
  }

  private void onOther(String text) {
    if (text.startsWith(run)) {
      heard = text;
    }
  }

  /** From now on, runs this for each message that this connection has sent itself. */
  void echoesTo(Runnable then) {
    onEcho = then;
  }

  boolean hasHeard(String word) {
    return heard.equals(word);
  }

  BenchTally tally() {
    return tally;
  }
}
