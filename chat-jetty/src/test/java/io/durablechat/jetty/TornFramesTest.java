package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.jetty.RawWebSocket.Frame;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Batches of plain frames go out in one write each. Meanwhile clients ping as fast as they can,
 * close and vanish: each frame that arrives must be whole, and the one that was due.
 *
 * <p>{@code -Dchat.torn.seconds=3600} runs it for an hour.
 */
final class TornFramesTest {
  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("chat.torn.seconds", 3));
  private static final int SENDERS = 3;
  private static final int WINDOW = 40;

  /** Bursts that the slow reader lets pass: more than sockets hold, less than the log does. */
  private static final int STANDSTILL = 80;

  private final AtomicBoolean over = new AtomicBoolean();
  private final Semaphore bursts = new Semaphore(0);

  /** Bursts that may be ahead of the slow reader: the log keeps so many. */
  private final Semaphore ahead = new Semaphore(2 * STANDSTILL);

  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** Every message says whose it is and which, and all else follows from that. */
  private record Said(int sender, int number) {
    /** The sender and the number, in digits enough for hours. */
    static final int NAME = 11;

    boolean isText() {
      return number % 3 != 0;
    }

    byte[] content() {
      Random random = new Random(sender * 1_000_003L + number);
      int length = random.nextInt(10) == 0 ? random.nextInt(5000) : random.nextInt(200);
      byte[] content = new byte[NAME + length];
      // All of it ASCII, so that it can be text as well.
      Arrays.fill(content, (byte) ('a' + number % 26));
      byte[] name = String.format(Locale.ROOT, "%d%010d", sender, number).getBytes(UTF_8);
      System.arraycopy(name, 0, content, 0, name.length);
      return content;
    }

    static final java.nio.charset.Charset UTF_8 = java.nio.charset.StandardCharsets.UTF_8;
  }

  /** Checks what one client is sent. */
  private static final class Checked {
    private final int[] next = new int[SENDERS];
    private final boolean[] known = new boolean[SENDERS];
    private long messages;
    private long pongs;

    void onFrame(Frame frame) {
      assertTrue(frame.fin());
      if (frame.opCode() == RawWebSocket.PONG) {
        assertEquals(ByteBuffer.wrap("ping!".getBytes(Said.UTF_8)), frame.payload());
        pongs++;
        return;
      }
      String text = frame.text();
      int sender = text.charAt(0) - '0';
      int number = Integer.parseInt(text.substring(1, Said.NAME));
      Said said = new Said(sender, number);
      assertEquals(said.isText() ? RawWebSocket.TEXT : RawWebSocket.BINARY, frame.opCode());
      assertEquals(ByteBuffer.wrap(said.content()), frame.payload());
      assertTrue(!known[sender] || number == next[sender], "not the next of its sender");
      known[sender] = true;
      next[sender] = number + 1;
      messages++;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void noFrameIsTorn(boolean jakarta) throws Exception {
    UnaryOperator<ChatServer.Builder> settings = s -> jakarta ? s.jakarta() : s;
    try (TestServer server = TestServer.start(rooms -> rooms, settings)) {
      List<Future<Checked>> stayed = new ArrayList<>();
      List<Future<?>> others = new ArrayList<>();
      for (int i = 0; i < SENDERS; i++) {
        int sender = i;
        stayed.add(threads.submit(() -> send(server, sender)));
      }
      others.add(threads.submit(() -> dawdle(server)));
      for (int i = 0; i < 3; i++) {
        int seed = i;
        others.add(threads.submit(() -> comeAndGo(server, new Random(seed))));
      }
      // The load lasts so long; nothing is expected of the time itself.
      over.compareAndSet(false, threads.awaitTermination(TIME.toMillis(), TimeUnit.MILLISECONDS));
      over.set(true);
      for (Future<Checked> future : stayed) {
        Checked checked = future.get(30, TimeUnit.SECONDS);
        assertTrue(checked.messages > 100, "messages: " + checked.messages);
        assertTrue(checked.pongs > 10, "pongs: " + checked.pongs);
      }
      for (Future<?> future : others) {
        future.get(30, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Sends in bursts, keeps a window of its own messages in flight, and pings all the while. */
  private Checked send(TestServer server, int sender) throws InterruptedException {
    Checked checked = new Checked();
    try (RawWebSocket client = server.plain("torn")) {
      int sent = 0;
      while (!over.get()) {
        if (!ahead.tryAcquire(100, TimeUnit.MILLISECONDS)) {
          continue;
        }
        for (int i = 0; i < WINDOW; i++) {
          Said said = new Said(sender, sent++);
          client.send(
              true, said.isText() ? RawWebSocket.TEXT : RawWebSocket.BINARY, said.content());
          client.send(true, RawWebSocket.PING, "ping!".getBytes(Said.UTF_8));
        }
        while (checked.next[sender] < sent) {
          checked.onFrame(client.receive());
        }
        bursts.release();
      }
      client.send(true, RawWebSocket.CLOSE, new byte[] {3, (byte) 0xe8});
      Frame frame = client.receive();
      while (frame.opCode() != RawWebSocket.CLOSE) {
        checked.onFrame(frame);
        frame = client.receive();
      }
      assertEquals(1000, frame.closeCode());
    }
    return checked;
  }

  /**
   * Asks for a pong and reads nothing until much has been said, so that the pong is due while a
   * write is stuck in mid-frame; then reads on.
   */
  private Void dawdle(TestServer server) throws InterruptedException {
    try (RawWebSocket client = server.plain("torn")) {
      Checked checked = new Checked();
      checked.onFrame(client.receive());
      ahead.release(bursts.drainPermits());
      // Of the first bursts from now on, one a sender, a part may have been said before.
      long due = checked.messages - SENDERS * WINDOW;
      while (!over.get()) {
        client.send(true, RawWebSocket.PING, "ping!".getBytes(Said.UTF_8));
        if (bursts.tryAcquire(STANDSTILL, 100, TimeUnit.MILLISECONDS)) {
          due += STANDSTILL * WINDOW;
          while (checked.messages < due) {
            checked.onFrame(client.receive());
          }
          ahead.release(STANDSTILL);
        }
      }
      closeWith(client, checked, RawWebSocket.CLOSE, new byte[] {3, (byte) 0xe8});
    }
    return null;
  }

  /** Listens and pings for a while, then closes, breaks the protocol or vanishes. */
  private Void comeAndGo(TestServer server, Random random) {
    while (!over.get()) {
      try (RawWebSocket client = server.plain("torn")) {
        Checked checked = new Checked();
        for (int i = random.nextInt(100); i > 0 && !over.get(); i--) {
          client.send(true, RawWebSocket.PING, "ping!".getBytes(Said.UTF_8));
          checked.onFrame(client.receive());
        }
        switch (random.nextInt(3)) {
          case 0 -> client.vanish();
          case 1 -> closeWith(client, checked, RawWebSocket.CLOSE, new byte[] {3, (byte) 0xe8});
          default -> closeWith(client, checked, 3, new byte[0]);
        }
      }
    }
    return null;
  }

  private static void closeWith(RawWebSocket client, Checked checked, int opCode, byte[] content) {
    client.send(true, opCode, content);
    Frame frame = client.receive();
    while (frame.opCode() != RawWebSocket.CLOSE) {
      checked.onFrame(frame);
      frame = client.receive();
    }
    assertEquals(opCode == RawWebSocket.CLOSE ? 1000 : 1002, frame.closeCode());
  }
}
