package io.durablechat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.RoomDirectory;
import io.durablechat.jetty.ChatServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands that are clients, and a server whose certificate no public authority has signed. */
@Timeout(60)
final class TrustTest {
  private static final String BENCH = " --rate 20 --warmup 1s --duration 1s --json";

  @TempDir private static Path folder;

  private static Path certificate;
  private static LocalBroadcaster broadcaster;
  private static RoomDirectory rooms;
  private static ChatServer secured;
  private static ChatServer open;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void start() throws Exception {
    Path store = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "k",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=chat",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                "password",
                "-keystore",
                store.toString())
            .inheritIO()
            .start();
    assertEquals(0, keytool.waitFor());
    KeyStore keys = KeyStore.getInstance(store.toFile(), "password".toCharArray());
    certificate = pem("CERTIFICATE", keys.getCertificate("k").getEncoded());
    Path key = pem("PRIVATE KEY", keys.getKey("k", "password".toCharArray()).getEncoded());
    broadcaster = LocalBroadcaster.inMemory();
    rooms = RoomDirectory.open(broadcaster);
    secured = ChatServer.of(rooms).port(0).tls(certificate, key).build();
    secured.start();
    open = ChatServer.of(rooms).port(0).build();
    open.start();
  }

  private static Path pem(String what, byte[] content) throws IOException {
    String base64 = Base64.getMimeEncoder().encodeToString(content);
    return Files.writeString(
        folder.resolve(what),
        "-----BEGIN " + what + "-----\n" + base64 + "\n-----END " + what + "-----\n");
  }

  @AfterAll
  static void stop() {
    open.close();
    secured.close();
    rooms.close();
    broadcaster.close();
  }

  private int run(String args) {
    String ports = args.replace("SECURED", "" + secured.port()).replace("OPEN", "" + open.port());
    return ChatCli.execute(
        ChatCli.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)),
        Map.of("CHAT_DATA", folder.resolve("data").toString()),
        ports.replace("CA", certificate.toString()).split(" "));
  }

  @Test
  void benchTrustsAnAuthorityOfOnesOwn() {
    assertEquals(0, run("bench https://localhost:SECURED --tls-ca CA" + BENCH), err::toString);
  }

  @Test
  void doctorTrustsAnAuthorityOfOnesOwn() {
    run("doctor --port 0 --url https://localhost:SECURED --tls-ca CA");
    assertTrue(out.toString().contains("ok    line"), out::toString);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://localhost:SECURED | nobody that Java trusts vouches for its certificate: is its",
        "https://127.0.0.1:SECURED --tls-ca CA | its certificate is for another name",
        "https://localhost:OPEN | what answers there speaks no TLS; without, the URL begins with ws",
        "http://localhost:SECURED | the server answered 400, not with a WebSocket; with TLS the URL",
        "http://nowhere.invalid:1 | no such host",
        "http://localhost:1 | connection refused"
      })
  void benchSaysInItsOwnWordsWhyNobodyGetsIn(String args, String expected) {
    assertEquals(1, run("bench " + args + BENCH));
    assertEquals(1, err.toString().lines().count(), err::toString);
    assertTrue(err.toString().contains(": " + expected), err::toString);
    assertFalse(err.toString().contains("Exception"), err::toString);
  }

  @ParameterizedTest
  @CsvSource({"bench", "doctor --url", "drill restart"})
  void aFileWithoutCertificatesIsNamed(String command) throws IOException {
    String url = " https://localhost:1" + (command.equals("bench") ? " --rate 1" : "");
    assertEquals(2, run(command + url + " --tls-ca nowhere"));
    assertTrue(err.toString().contains("--tls-ca: no such file or folder: nowhere"), err::toString);
    Path none = Files.writeString(folder.resolve("none.pem"), "");
    assertEquals(2, run(command + url + " --tls-ca " + none));
    assertTrue(err.toString().contains("--tls-ca: no certificates in PEM"), err::toString);
  }
}
