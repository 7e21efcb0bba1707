package io.durablechat.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.RoomDirectory;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.limits.Limits;
import io.durablechat.jetty.ChatServer;
import io.durablechat.jetty.RawWebSocket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** A thousand clients in one room: all receive everything, once, in one order. */
final class ManyClientsTest {
  private static final int CLIENTS = 1000;
  private static final int SENDERS = 16;
  private static final int EACH = 128;
  private static final long DEADLINE_SECONDS = 120;
  private static final long STACK_BYTES = 256 << 10;

  @Test
  void allReceiveEverythingOnceInOneOrder()
      throws IOException, ExecutionException, InterruptedException, TimeoutException {
    try (LocalBroadcaster broadcaster = LocalBroadcaster.inMemory();
        RoomDirectory rooms = RoomDirectory.open(broadcaster);
        ChatServer server =
            ChatServer.of(rooms)
                .port(0)
                .endpoint(EndpointSettings.DEFAULT.limits(Limits.OFF))
                .build()) {
      server.start();
      List<RawWebSocket> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(RawWebSocket.plain(server.port(), "crowd"));
      }
      awaitPresence(clients);

      List<CompletableFuture<List<String>>> received =
          clients.stream().map(client -> inThread(() -> receiveAll(client))).toList();
      for (int sender = 0; sender < SENDERS; sender++) {
        int number = sender;
        inThread(
            () -> {
              for (int i = 0; i < EACH; i++) {
                clients.get(number * (CLIENTS / SENDERS)).send(number + ":" + i);
              }
              return List.of();
            });
      }

      List<String> order = received.get(0).get(DEADLINE_SECONDS, TimeUnit.SECONDS);
      assertEachSendersOrder(order);
      for (CompletableFuture<List<String>> other : received) {
        assertEquals(order, other.get(DEADLINE_SECONDS, TimeUnit.SECONDS));
      }
      clients.forEach(RawWebSocket::close);
    }
  }

  /** Everyone is in the room once everyone has heard the last one to come. */
  private static void awaitPresence(List<RawWebSocket> clients) {
    clients.get(CLIENTS - 1).send("all here");
    for (RawWebSocket client : clients) {
      assertEquals("all here", client.receiveText());
    }
  }

  private static List<String> receiveAll(RawWebSocket client) {
    List<String> messages = new ArrayList<>();
    for (int i = 0; i < SENDERS * EACH; i++) {
      messages.add(client.receiveText().intern());
    }
    return messages;
  }

  private static void assertEachSendersOrder(List<String> order) {
    int[] next = new int[SENDERS];
    for (String message : order) {
      int colon = message.indexOf(':');
      int sender = Integer.parseInt(message.substring(0, colon));
      assertEquals(next[sender]++, Integer.parseInt(message.substring(colon + 1)));
    }
    for (int count : next) {
      assertTrue(count == EACH);
    }
  }

  private interface Work {
    List<String> run();
  }

  private static CompletableFuture<List<String>> inThread(Work work) {
    CompletableFuture<List<String>> result = new CompletableFuture<>();
    Runnable run =
        () -> {
          try {
            result.complete(work.run());
          } catch (RuntimeException | AssertionError e) {
            result.completeExceptionally(e);
          }
        };
    Thread thread = new Thread(null, run, "client", STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    return result;
  }
}
