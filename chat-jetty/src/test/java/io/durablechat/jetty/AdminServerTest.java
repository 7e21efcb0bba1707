package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.limits.Limits;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator is told. */
final class AdminServerTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private TestServer server;
  private AdminServer admin;

  @BeforeEach
  void start() throws IOException {
    server =
        TestServer.start(
            rooms -> rooms.maxMessageBytes(1000),
            s ->
                s.endpoint(
                    EndpointSettings.DEFAULT
                        .limits(Limits.of(Map.of("publishes-per-session", "1/min burst 3")))
                        .meters(registry)));
    admin = new AdminServer(InetAddress.getLoopbackAddress(), 0, server.server(), () -> "chat 1\n");
    admin.start();
  }

  @AfterEach
  void stop() {
    admin.close();
    server.close();
  }

  private RawWebSocket get(String path, String host) {
    return RawWebSocket.request(
        admin.port(), List.of("GET " + path + " HTTP/1.1", "Host: " + host));
  }

  private double count(String name, String... tags) {
    return registry.find(name).tags(tags).counters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  private double gauge(String name) {
    return registry.get(name).gauge().value();
  }

  @Test
  void tellsHowItIs() {
    assertEquals("ok\n", get("/healthz", "localhost").body());
    assertEquals(200, get("/readyz", "localhost").status());
    RawWebSocket metrics = get("/metrics", "localhost");
    assertEquals("chat 1\n", metrics.body());
    assertEquals(
        "text/plain; version=0.0.4; charset=utf-8", metrics.header("Content-Type").orElse(""));
    server.server().markUnready();
    assertEquals(503, get("/readyz", "localhost").status());
    assertEquals(404, get("/", "localhost").status());
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1, 200", "localhost:1, 200", "[::1], 200", "evil.example, 403"})
  void pagesThatHaveTheirNameLeadHereReadNothing(String host, int status) {
    assertEquals(status, get("/metrics", host).status());
  }

  @Test
  void aPortInUseIsNamed() {
    AdminServer second =
        new AdminServer(InetAddress.getLoopbackAddress(), admin.port(), server.server(), () -> "");
    IOException failure = assertThrows(IOException.class, second::start);
    assertTrue(failure.getMessage().contains("port " + admin.port()), failure.getMessage());
    second.close();
  }

  @Test
  void countsWhatHappens() {
    try (JsonClient ann = new JsonClient(server, "r");
        RawWebSocket bob = server.plain("r")) {
      ann.say("{'type':'hello'}").next("welcome");
      ann.next("live");
      ann.say("{'type':'publish','id':'1','text':'x'}");
      ann.await("ok");
      bob.send("y");
      assertEquals("x", bob.receiveText());
      assertEquals("y", bob.receiveText());
      ann.say("{'type':'publish','id':'1','text':'x'}");
      ann.await("ok");
      ann.say("{'type':'publish','id':'1','text':'other'}");
      ann.await("error");
      ann.say("{'type':'publish','id':'2','text':'z'}");
      ann.await("error");

      assertEquals(2, count("chat.published", "outcome", "kept"));
      assertEquals(1, count("chat.published", "outcome", "duplicate"));
      assertEquals(1, count("chat.published", "outcome", "conflict"));
      assertEquals(3, registry.get("chat.commit").timer().count());
      assertTrue(registry.get("chat.delivery").timer().count() > 0);
      assertEquals(1, count("chat.limited", "limit", "publishes-per-session"));
      assertEquals(1, count("chat.joined", "dialect", "chat.v1", "resume", "fresh"));
      assertEquals(1, count("chat.joined", "dialect", "plain"));
      assertEquals(2, gauge("chat.sessions"));
      assertEquals(1, gauge("chat.rooms"));
      assertEquals(0, gauge("chat.sessions.behind"));

      bob.send("a");
      bob.send("b");
      bob.send("c");
      RawWebSocket.Frame frame = bob.receive();
      while (frame.opCode() == RawWebSocket.TEXT) {
        frame = bob.receive();
      }
      assertEquals(1013, frame.closeCode());
      // Counted a moment after it was said: some questions later.
      for (int i = 0; i < 1000 && count("chat.closed") == 0; i++) {
        assertEquals(200, get("/healthz", "localhost").status());
      }
      assertEquals(1, count("chat.closed", "code", "1013"));
    }
  }

  @Test
  void everyMeterSaysWhatItIs() {
    try (JsonClient ann = new JsonClient(server, "r")) {
      ann.say("{'type':'hello'}").next("welcome");
    }
    for (Meter meter : registry.getMeters()) {
      assertTrue(meter.getId().getDescription() != null, meter.getId().getName());
    }
  }
}
