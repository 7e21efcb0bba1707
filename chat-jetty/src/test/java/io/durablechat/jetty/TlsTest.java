package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.RoomDirectory;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.LogLines;
import io.durablechat.gateway.limits.Limits;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rooms over TLS, with keys that the JDK's keytool makes. */
final class TlsTest {
  private static final int PATIENCE_SECONDS = 20;
  private static KeyStore first;
  private static KeyStore second;

  @TempDir private Path folder;

  @BeforeAll
  static void makeKeys(@TempDir Path keys) throws Exception {
    first = made(keys.resolve("first.p12"), "RSA", "2048");
    second = made(keys.resolve("second.p12"), "EC", "256");
  }

  private static KeyStore made(Path file, String algorithm, String size) throws Exception {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "k",
                "-keyalg",
                algorithm,
                algorithm.equals("EC") ? "-groupname" : "-keysize",
                algorithm.equals("EC") ? "secp256r1" : size,
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                "password",
                "-keystore",
                file.toString())
            .inheritIO()
            .start();
    assertEquals(0, keytool.waitFor());
    return KeyStore.getInstance(file.toFile(), "password".toCharArray());
  }

  private static String pem(String what, byte[] content) {
    return String.format(
        Locale.ROOT,
        "-----BEGIN %s-----%n%s%n-----END %s-----%n",
        what,
        Base64.getMimeEncoder().encodeToString(content),
        what);
  }

  private Path certificate() {
    return folder.resolve("cert.pem");
  }

  private Path key() {
    return folder.resolve("key.pem");
  }

  private void put(KeyStore store) throws GeneralSecurityException, IOException {
    Files.writeString(certificate(), pem("CERTIFICATE", store.getCertificate("k").getEncoded()));
    Files.writeString(
        key(), pem("PRIVATE KEY", store.getKey("k", "password".toCharArray()).getEncoded()));
  }

  private static HttpClient client(KeyStore trusted) throws GeneralSecurityException, IOException {
    KeyStore anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    anchors.setCertificateEntry("k", trusted.getCertificate("k"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(anchors);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }

  private TestServer start() throws IOException {
    return TestServer.start(rooms -> rooms, s -> s.tls(certificate(), key()));
  }

  @Test
  void roomsAreThereOverTls() throws Exception {
    put(first);
    try (TestServer server = start()) {
      HttpClient client = client(first);
      BlockingQueue<String> heard = new LinkedBlockingQueue<>();
      WebSocket socket =
          client
              .newWebSocketBuilder()
              .buildAsync(
                  URI.create("wss://localhost:" + server.port() + "/room/r/websocket"),
                  new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(
                        WebSocket from, CharSequence text, boolean last) {
                      heard.add(text.toString());
                      from.request(1);
                      return null;
                    }
                  })
              .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      for (int i = 0; i < 100; i++) {
        socket.sendText("hello " + i, true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertEquals("hello " + i, heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
      }
      HttpResponse<String> page =
          client.send(
              HttpRequest.newBuilder(
                      URI.create("https://localhost:" + server.port() + "/room/r/messages?limit=1"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertTrue(page.body().contains("hello 99"), page.body());
      socket.abort();
    }
  }

  @Test
  void aRenewedCertificateCountsAndABrokenOneDoesNot() throws Exception {
    put(first);
    PemKeys keys = new PemKeys(certificate(), key(), InstantSource.system());
    keys.tls().start();
    try {
      assertEquals(first.getCertificate("k"), inUse(keys));
      Files.writeString(certificate(), "garbage");
      touch(1);
      keys.refresh();
      assertEquals(first.getCertificate("k"), inUse(keys));
      put(second);
      touch(2);
      keys.refresh();
      assertEquals(second.getCertificate("k"), inUse(keys));
    } finally {
      keys.tls().stop();
    }
  }

  private void touch(int seconds) throws IOException {
    FileTime time = FileTime.from(Instant.now().plusSeconds(seconds));
    Files.setLastModifiedTime(certificate(), time);
    Files.setLastModifiedTime(key(), time);
  }

  private static Certificate inUse(PemKeys keys) throws GeneralSecurityException {
    X509Certificate certificate = keys.tls().getX509("chat").getCertificate();
    return certificate;
  }

  @Test
  void whatIsWrongWithTheFilesIsSaidInOneLine() throws Exception {
    put(first);
    assertWrong("no such file", folder.resolve("nowhere"), key());
    assertWrong("not a file that can be read", folder, key());
    assertWrong("no certificate in PEM", key(), key());
    assertWrong("no such file", certificate(), folder.resolve("nowhere"));
    assertWrong("no key in PEM", certificate(), certificate());
    Path old = Files.writeString(folder.resolve("old"), pem("RSA PRIVATE KEY", new byte[10]));
    assertWrong("openssl pkcs8 -topk8 -nocrypt -in " + old, certificate(), old);
    Path garbage = Files.writeString(folder.resolve("garbage"), pem("PRIVATE KEY", new byte[10]));
    assertWrong("the key is damaged", certificate(), garbage);
    KeyStore other = second;
    Files.writeString(certificate(), pem("CERTIFICATE", other.getCertificate("k").getEncoded()));
    assertWrong("is not the certificate's, which is of EC", certificate(), key());
    Path another = folder.resolve("another");
    KeyStore third = made(folder.resolve("third.p12"), "RSA", "2048");
    Files.writeString(another, pem("CERTIFICATE", third.getCertificate("k").getEncoded()));
    assertWrong("the key is not the certificate's", another, key());
  }

  private static void assertWrong(String expected, Path certificate, Path key) {
    RoomDirectory rooms = RoomDirectory.open(LocalBroadcaster.inMemory());
    IllegalArgumentException wrong =
        assertThrows(
            IllegalArgumentException.class, () -> ChatServer.of(rooms).tls(certificate, key));
    assertTrue(wrong.getMessage().contains(expected), wrong.getMessage());
    rooms.close();
  }

  @Test
  void keyAndCertificateMayBeInOneFileInEitherOrder() throws Exception {
    put(first);
    String certificate = Files.readString(certificate());
    String key = Files.readString(key());
    for (String both : List.of(certificate + key, key + "words between\n" + certificate)) {
      Path file = Files.writeString(folder.resolve("both.pem"), both);
      try (TestServer server = TestServer.start(rooms -> rooms, s -> s.tls(file, file))) {
        HttpResponse<String> page =
            client(first)
                .send(
                    HttpRequest.newBuilder(
                            URI.create("https://localhost:" + server.port() + "/healthz"))
                        .build(),
                    HttpResponse.BodyHandlers.ofString());
        assertEquals(200, page.statusCode());
      }
    }
  }

  @Test
  void aCertificateThatIsNotGoodNowIsSaidOnceAndWhenThatChanges() throws Exception {
    put(first);
    X509Certificate certificate = (X509Certificate) first.getCertificate("k");
    AtomicReference<Instant> now =
        new AtomicReference<>(certificate.getNotBefore().toInstant().minusSeconds(1));
    PemKeys keys = new PemKeys(certificate(), key(), now::get);
    keys.tls().start();
    try (LogLines lines = LogLines.of(CertificateDates.class)) {
      keys.refresh();
      keys.refresh();
      assertEquals(1, lines.all().size(), lines.all()::toString);
      assertTrue(lines.all().get(0).contains("is not good before"), lines.all()::toString);
      now.set(certificate.getNotAfter().toInstant());
      keys.refresh();
      assertEquals(1, lines.all().size(), lines.all()::toString);
      now.set(certificate.getNotAfter().toInstant().plusSeconds(1));
      keys.refresh();
      keys.refresh();
      assertEquals(2, lines.all().size(), lines.all()::toString);
      String expired = lines.all().get(1);
      assertTrue(expired.contains("has expired, on"), expired);
      assertTrue(expired.contains(certificate().toString()), expired);
    } finally {
      keys.tls().stop();
    }
  }

  @Test
  void theEndOfTheCertificateIsAMetric() throws Exception {
    put(first);
    MeterRegistry meters = new SimpleMeterRegistry();
    try (TestServer server =
        TestServer.start(
            rooms -> rooms,
            s ->
                s.tls(certificate(), key())
                    .endpoint(EndpointSettings.DEFAULT.limits(Limits.OFF).meters(meters)))) {
      X509Certificate certificate = (X509Certificate) first.getCertificate("k");
      assertEquals(
          certificate.getNotAfter().toInstant().getEpochSecond(),
          (long) meters.get("chat.certificate.expiry").gauge().value());
      assertTrue(server.port() > 0);
    }
  }

  @Test
  void plainHttpIsToldWhatIsWrong() throws Exception {
    put(first);
    try (TestServer server = start()) {
      for (String path : List.of("/", "/room/r/websocket")) {
        try (RawWebSocket plain = RawWebSocket.handshake(server.port(), path, List.of())) {
          assertEquals(400, plain.status());
          assertTrue(plain.body().contains("use https:// or wss://"));
          assertTrue(plain.isEnded());
        }
      }
    }
  }

  @Test
  void aHostNameThatJavaDoesNotTakeIsSaid() throws Exception {
    put(first);
    try (TestServer server = start();
        LogLines lines = LogLines.of(TlsFailures.class)) {
      SSLContext trusting = SSLContext.getInstance("TLS");
      trusting.init(null, null, null);
      try (SSLSocket client =
          (SSLSocket)
              trusting
                  .getSocketFactory()
                  .createSocket(InetAddress.getLoopbackAddress(), server.port())) {
        SSLParameters parameters = client.getSSLParameters();
        parameters.setServerNames(
            List.of(new SNIServerName(0, "my_chat".getBytes(StandardCharsets.US_ASCII)) {}));
        client.setSSLParameters(parameters);
        assertThrows(SSLException.class, client::startHandshake);
      }
      assertEquals(1, lines.all().size(), lines.all()::toString);
      assertTrue(lines.all().get(0).contains("my_chat"), lines.all()::toString);
    }
  }
}
