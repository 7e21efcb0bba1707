package io.durablechat.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.durablechat.core.Body;
import io.durablechat.core.Keep;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.MemoryMessageLog;
import io.durablechat.core.Moderation;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.durablechat.testkit.SteppedExecutor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** What somebody says in {@code chat.v1}, made up by a fuzzer: frames with a NUL between them. */
public final class ProtocolFuzz {
  private static final SteppedExecutor STRANDS = new SteppedExecutor();

  /** Time passes from input to input, so that ids are forgotten, and what is kept stays little. */
  private static final Duration BETWEEN_INPUTS = Duration.ofSeconds(1);

  private static final int INPUTS_BETWEEN_TRIMS = 50;
  private static final Keep LITTLE = Keep.newest(50);

  private static long inputs;

  private static final LocalBroadcaster LOG =
      LocalBroadcaster.inMemory(
          MemoryMessageLog.of(() -> Instant.EPOCH.plus(BETWEEN_INPUTS.multipliedBy(inputs))));
  private static final RoomDirectory ROOMS =
      RoomDirectory.on(LOG)
          .moderation(
              Moderation.open(LOG, InstantSource.fixed(Instant.EPOCH)).toCompletableFuture().join())
          .executors(STRANDS, STRANDS)
          .open();
  private static final Reception RECEPTION =
      Receptions.of(ROOMS, Receptions.FREE, InstantSource.fixed(Instant.EPOCH), () -> 0);

  private ProtocolFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (++inputs % INPUTS_BETWEEN_TRIMS == 0) {
      LOG.trim(room -> LITTLE);
    }
    FakeSocket socket = new FakeSocket();
    Connection connection = Receptions.chatV1(RECEPTION, RoomName.of("r"), socket);
    connection.onOpen();
    for (String frame : new String(input, UTF_8).split("\0", -1)) {
      connection.onMessage(Body.text(frame));
      STRANDS.runAll();
    }
    connection.onTick();
    connection.onGone();
    STRANDS.runAll();
    STRANDS.advance(Duration.ofSeconds(1));
    socket.sent.forEach(ProtocolFuzz::check);
  }

  /** What is sent is JSON, line by line, and tells nothing of the inside. */
  private static void check(String sent) {
    if (sent.startsWith("CLOSE ")) {
      if (sent.equals("CLOSE 1011")) {
        throw new AssertionError("our own fault");
      }
      return;
    }
    for (String line : sent.split("\n", -1)) {
      JsonObject object = JsonParser.parseString(line).getAsJsonObject();
      if (object.get("type").getAsString().equals("error")) {
        String message = object.get("message").getAsString();
        if (message.contains("Exception") || message.contains("java.")) {
          throw new AssertionError("tells of the inside: " + line);
        }
      }
    }
  }
}
