package io.durablechat.gateway.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.gateway.Addresses;
import io.durablechat.gateway.FakeSocket;
import io.durablechat.gateway.limits.HeldBytes;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Batches of several sessions on one connection, whose socket takes one when the test says. */
final class BatchGateTest {
  private static final Optional<InetAddress> HOME = Addresses.literal("192.0.2.1");
  private static final int LARGE = SharedPayload.SMALL;

  private final HeldBytes unsent = HeldBytes.of(64 * LARGE);
  private final FakeSocket socket = new FakeSocket();
  private final FrameSender sender = new FrameSender(socket, () -> 0, unsent.from(HOME));

  /** A session that offers what it has, one after another, whenever it is asked. */
  private final class Offering {
    private final BatchGate<EncodedFrames> gate = sender.gate();
    private final Queue<String> left = new ArrayDeque<>();
    private int asked;

    private Offering(String name, int batches) {
      for (int i = 0; i < batches; i++) {
        left.add(name + i);
      }
    }

    private void offer() {
      while (!left.isEmpty() && gate.offer(EncodedFrames.text(left.peek()), this::onAsked)) {
        left.remove();
      }
    }

    private void onAsked() {
      asked++;
      offer();
    }
  }

  @Test
  void oneThatAlwaysHasMoreLeavesTheOthersTheirTurn() {
    socket.stalled = true;
    Offering greedy = new Offering("greedy ", 4);
    Offering modest = new Offering("modest ", 2);
    greedy.offer();
    modest.offer();
    for (int i = 0; i < 6; i++) {
      socket.recoverOnce();
    }
    assertEquals(
        List.of("greedy 0", "modest 0", "greedy 1", "modest 1", "greedy 2", "greedy 3"),
        socket.sent);
  }

  @Test
  void oneThatIsSlowToAskKeepsNobodyWaiting() {
    socket.stalled = true;
    Offering quick = new Offering("quick ", 3);
    BatchGate<EncodedFrames> slow = sender.gate();
    List<String> asked = new ArrayList<>();
    quick.offer();
    assertTrue(slow.offer(EncodedFrames.text("slow 0"), () -> asked.add("again")));
    assertFalse(slow.offer(EncodedFrames.text("slow 1"), () -> asked.add("again")));
    for (int i = 0; i < 4; i++) {
      socket.recoverOnce();
    }
    assertEquals(List.of("quick 0", "slow 0", "quick 1", "quick 2"), socket.sent);
    assertEquals(List.of("again"), asked);
    assertTrue(slow.offer(EncodedFrames.text("slow 1"), () -> asked.add("again")));
  }

  @Test
  void eachIsAskedAgainOnceAfterARefusal() {
    socket.stalled = true;
    Offering two = new Offering("a ", 2);
    two.offer();
    two.offer();
    two.offer();
    socket.recoverOnce();
    socket.recoverOnce();
    assertEquals(1, two.asked);
  }

  @Test
  void oneThatEndsGivesBackItsRoomAndIsAskedNoMore() {
    socket.stalled = true;
    List<String> asked = new ArrayList<>();
    BatchGate<EncodedFrames> leaving = sender.gate();
    EncodedFrames large = EncodedFrames.text("x".repeat(LARGE));
    assertTrue(leaving.offer(large, () -> {}));
    assertFalse(leaving.offer(large, () -> asked.add("again")));
    assertTrue(unsent.held() >= LARGE);
    leaving.end();
    assertEquals(0, unsent.held());
    socket.recover();
    assertEquals(1, socket.sent.size());
    assertEquals(List.of(), asked);
    assertEquals(0, unsent.held());
  }

  @Test
  void anotherThatHasRoomIsNotHeldUpByOneThatWaitsForIt() {
    List<String> asked = new ArrayList<>();
    HeldBytes.Part others = unsent.from(Addresses.literal("192.0.2.2")).take(0);
    others.set(unsent.max());
    BatchGate<EncodedFrames> large = sender.gate();
    assertFalse(large.offer(EncodedFrames.text("x".repeat(LARGE)), () -> asked.add("large")));
    assertTrue(sender.gate().offer(EncodedFrames.text("small"), () -> {}));
    others.release();
    large.onTick();
    assertEquals(List.of("large"), asked);
  }

  @Test
  void waitingForRoomIsToldFromWaitingForTheSocket() {
    BatchGate<EncodedFrames> gate = sender.gate();
    HeldBytes.Part others = unsent.from(Addresses.literal("192.0.2.2")).take(0);
    others.set(unsent.max());
    assertFalse(gate.offer(EncodedFrames.text("x".repeat(LARGE)), () -> {}));
    assertTrue(gate.isShortOfRoom());
    others.release();
    gate.onTick();
    assertFalse(gate.isShortOfRoom());
    socket.stalled = true;
    assertTrue(gate.offer(EncodedFrames.text("a"), () -> {}));
    assertFalse(gate.offer(EncodedFrames.text("b"), () -> {}));
    assertFalse(gate.isShortOfRoom());
  }
}
