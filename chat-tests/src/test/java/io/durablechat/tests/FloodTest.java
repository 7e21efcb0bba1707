package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A small server with its standard limits, under attack: somebody floods it with messages, hundreds
 * hold half a handshake or read nothing. Others chat on, and afterwards nothing of it is left.
 *
 * <p>It prints how long a message of the others took to come back, in peace and under attack.
 */
final class FloodTest {
  private static final int FLOOD = 20_000;
  private static final int HALF_OPEN = 300;
  private static final int STALLED = 200;

  /** So many messages that limits let them all through at once, from one address each time. */
  private static final int ROUND_TRIPS = 1800;

  /** The same, for one session. */
  private static final int WITHIN_LIMITS = 150;

  private static final int PATIENCE_MILLIS = 30_000;
  private static final long DEADLINE_SECONDS = 120;
  private static final long KEPT_BYTES = 20 << 20;

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @Test
  void othersChatOnAndNothingIsLeftOfIt(@TempDir Path folder) throws Exception {
    Path standard = Files.createFile(folder.resolve("limits"));
    try (ServerProcess server =
        ServerProcess.serve(
            List.of("-Xmx256m"),
            "--limits",
            standard.toString(),
            "--trusted-proxy",
            "127.0.0.1",
            "--data",
            folder.resolve("data").toString())) {
      // The first ones find the server cold.
      roundTrips(server.port(), "warm", "192.0.2.1");
      long[] quiet = roundTrips(server.port(), "quiet", "192.0.2.2");
      long before = server.usedHeapBytes();

      List<ChatV1Client> stalled = new ArrayList<>();
      for (int i = 0; i < STALLED; i++) {
        ChatV1Client client = new ChatV1Client(server.port(), "busy");
        client.hello(String.format(Locale.ROOT, "stalled-reader-%08d", i), Optional.empty());
        stalled.add(client);
      }
      List<Socket> halfOpen = new ArrayList<>();
      for (int i = 0; i < HALF_OPEN; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket
            .getOutputStream()
            .write("GET /room/busy/websocket HTTP/1.1\r\nHost: loc".getBytes(US_ASCII));
        halfOpen.add(socket);
      }
      ChatV1Client flood = new ChatV1Client(server.port(), "busy");
      Future<int[]> answered = threads.submit(() -> flood(flood));
      long[] attacked = roundTrips(server.port(), "attacked", "192.0.2.3");
      flood.close();
      int[] answers = answered.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
      assertTrue(answers[1] > 0, "some are over the limit");
      assertTrue(answers[0] + answers[1] < FLOOD, "most are not even read");

      for (Socket socket : halfOpen) {
        // It may be answered before it is closed; then there is an end.
        socket.getInputStream().readAllBytes();
        socket.close();
      }
      stalled.forEach(ChatV1Client::close);
      long after = server.usedHeapBytes();
      System.out.printf(
          Locale.ROOT,
          "FloodTest: round trip in peace p50 %.1f ms, p99 %.1f ms; under attack p50 %.1f ms,"
              + " p99 %.1f ms; of %d messages %d kept, %d refused; heap %d KiB before, %d KiB"
              + " after%n",
          quiet[0] / 1e6,
          quiet[1] / 1e6,
          attacked[0] / 1e6,
          attacked[1] / 1e6,
          FLOOD,
          answers[0],
          answers[1],
          before >> 10,
          after >> 10);
      assertTrue(after < before + KEPT_BYTES, "heap: " + before + " before, " + after + " after");
      server.terminate();
      String errors = server.errors();
      assertTrue(!errors.contains("Error") && !errors.contains("Exception"), errors);
    } finally {
      threads.shutdownNow();
    }
  }

  /** How long a message needs to come back: the median and the 99th percentile, in nanoseconds. */
  private static long[] roundTrips(int port, String room, String address) {
    long[] took = new long[ROUND_TRIPS];
    for (int i = 0; i < took.length; ) {
      try (ChatV1Client client = new ChatV1Client(port, room, address)) {
        client.hello("round-trips-in-" + room + "-0123456789-" + i, Optional.empty());
        client.next("live");
        for (int end = i + WITHIN_LIMITS; i < end; i++) {
          long begun = System.nanoTime();
          client.publish("" + i, "message " + i);
          assertEquals("message " + i, client.next("message").get("text").getAsString());
          took[i] = System.nanoTime() - begun;
        }
      }
    }
    Arrays.sort(took);
    return new long[] {took[took.length / 2], took[took.length * 99 / 100]};
  }

  /** As fast as it goes until it is cut off; returns how many were kept and how many refused. */
  private int[] flood(ChatV1Client client) {
    int[] answers = new int[2];
    client.hello("somebody-who-floods-0123456789", Optional.empty());
    client.next("live");
    threads.submit(
        () -> {
          for (int i = 0; i < FLOOD; i++) {
            client.publish("" + i, "x".repeat(2000));
          }
        });
    try {
      while (answers[0] + answers[1] < FLOOD) {
        JsonObject object = client.next();
        switch (object.get("type").getAsString()) {
          case "ok" -> answers[0]++;
          case "error" -> {
            assertEquals("rate_limited", object.get("code").getAsString());
            answers[1]++;
          }
          default -> {
            // Its own messages, and who comes and goes.
          }
        }
      }
    } catch (UncheckedIOException e) {
      // Cut off: what it has sent and heard nothing of was not read, or was kept a moment ago.
      return answers;
    }
    return answers;
  }
}
