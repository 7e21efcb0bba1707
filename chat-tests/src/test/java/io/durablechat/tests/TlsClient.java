package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Who trusts one authority, and comes to a port of this machine. */
final class TlsClient {
  private static final int DEADLINE_SECONDS = 20;

  private final SSLContext tls;
  private final HttpClient http;
  private final int port;

  TlsClient(Path authority, int port) throws Exception {
    this.port = port;
    KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
    anchors.load(null, null);
    try (InputStream in = Files.newInputStream(authority)) {
      anchors.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(anchors);
    tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    http = HttpClient.newBuilder().sslContext(tls).build();
  }

  HttpClient http() {
    return http;
  }

  URI uri(String path) {
    return URI.create("https://localhost:" + port + path);
  }

  /** A session of {@code chat.v1} that has said hello. */
  Session session(String room) {
    BlockingQueue<JsonObject> said = new LinkedBlockingQueue<>();
    WebSocket socket =
        http.newWebSocketBuilder()
            .subprotocols("chat.v1")
            .buildAsync(
                URI.create("wss://localhost:" + port + "/room/" + room + "/websocket"),
                new Ear(said))
            .join();
    Session session = new Session(socket, said);
    session.say(ChatV1Client.object("hello"));
    return session;
  }

  /** Begins a plain session from another address of this machine. */
  Socket handshake(String from, String forged) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            tls.getSocketFactory().createSocket("localhost", port, InetAddress.getByName(from), 0);
    // Which certificate is wanted; of a name without a dot Java does not say so by itself.
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName("localhost")));
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(DEADLINE_SECONDS * 1000);
    String request =
        String.join(
            "\r\n",
            "GET /room/addresses/websocket HTTP/1.1",
            "Host: localhost:" + port,
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "X-Forwarded-For: " + forged,
            "",
            "");
    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
    return socket;
  }

  /** The status of the answer to a handshake. */
  static int status(Socket socket) throws IOException {
    String line =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1)).readLine();
    return Integer.parseInt(line.split(" ", 3)[1]);
  }

  /**
   * A session, and what was said to it; of type {@code end} is what stands for the end of its line.
   */
  record Session(WebSocket socket, BlockingQueue<JsonObject> said) implements AutoCloseable {
    void say(JsonObject object) {
      socket.sendText(object.toString(), true).join();
    }

    void publish(String id, String text) {
      JsonObject publish = ChatV1Client.object("publish");
      publish.addProperty("id", id);
      publish.addProperty("text", text);
      say(publish);
    }

    /** The next object of this type; those of others are passed over. */
    JsonObject next(String type) throws InterruptedException {
      while (true) {
        JsonObject object =
            Optional.ofNullable(said.poll(DEADLINE_SECONDS, TimeUnit.SECONDS))
                .orElseThrow(() -> new AssertionError("nothing more came before " + type));
        String is = object.get("type").getAsString();
        if (is.equals(type)) {
          return object;
        }
        if (is.equals("end")) {
          throw new AssertionError("the line ended before " + type);
        }
      }
    }

    @Override
    public void close() {
      socket.abort();
    }
  }

  private static final class Ear implements WebSocket.Listener {
    private final BlockingQueue<JsonObject> said;
    private final StringBuilder text = new StringBuilder();

    Ear(BlockingQueue<JsonObject> said) {
      this.said = said;
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean isLast) {
      text.append(part);
      if (isLast) {
        text.toString()
            .lines()
            .forEach(line -> said.add(JsonParser.parseString(line).getAsJsonObject()));
        text.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      said.add(ChatV1Client.object("end"));
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      said.add(ChatV1Client.object("end"));
    }
  }
}
