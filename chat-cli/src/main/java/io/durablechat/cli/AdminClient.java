package io.durablechat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.durablechat.core.RoomName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The admin port of a running server, and the options that say which. */
final class AdminClient {
  private static final String DATA = "data: ";
  private static final String NOT_IT = "does not answer as an --admin-port does";
  private static final int MAX_PORT = 65_535;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--admin-port",
      paramLabel = "PORT",
      required = true,
      description = "The --admin-port of the server.")
  private int port;

  @Option(
      names = "--admin-host",
      paramLabel = "ADDRESS",
      defaultValue = ListenAddress.LOOPBACK,
      description = "The --admin-host of the server. Default: ${DEFAULT-VALUE}.")
  private String host;

  @Option(
      names = "--admin-token-file",
      paramLabel = "FILE",
      required = true,
      description = "The file with the token that the server was given.")
  private Path tokenFile;

  AdminClient() {}

  JsonObject get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder().GET(), path);
  }

  JsonObject get(String path, Optional<RoomName> room) throws IOException, InterruptedException {
    return get(
        path + room.map(name -> "?room=" + URLEncoder.encode(name.value(), UTF_8)).orElse(""));
  }

  JsonObject post(String path, JsonObject body) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofString(body.toString())), path);
  }

  /** Hands over each event of a stream, until that ends. */
  void follow(String path, Consumer<JsonObject> onEvent) throws IOException, InterruptedException {
    HttpResponse<Stream<String>> answer =
        exchange(HttpRequest.newBuilder().GET(), path, HttpResponse.BodyHandlers.ofLines());
    try (Stream<String> lines = answer.body()) {
      if (answer.statusCode() != 200) {
        check(answer.statusCode(), parsed(lines.collect(Collectors.joining())), path);
      }
      lines
          .filter(line -> line.startsWith(DATA))
          .forEach(line -> onEvent.accept(parsed(line.substring(DATA.length()))));
    } catch (UncheckedIOException e) {
      throw new IOException("the line to the server was lost: has it been stopped?", e);
    }
  }

  private <T> HttpResponse<T> exchange(
      HttpRequest.Builder request, String path, HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    if (port < 1 || port > MAX_PORT) {
      throw new ParameterException(
          spec.commandLine(), "--admin-port must be 1 to " + MAX_PORT + ", not " + port);
    }
    String address = ListenAddress.first(spec, "--admin-host", host).getHostAddress();
    String authority = address.contains(":") ? "[" + address + "]" : address;
    request
        .uri(URI.create("http://" + authority + ":" + port + path))
        .header("Authorization", "Bearer " + TextFile.token(spec, "--admin-token-file", tokenFile));
    try {
      return HttpClient.newHttpClient().send(request.build(), handler);
    } catch (ConnectException e) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "nothing listens on %s, port %d: is the server running, with this --admin-port?",
              address,
              port),
          e);
    } catch (HttpTimeoutException e) {
      throw new IOException("no answer within " + PATIENCE.toSeconds() + " s", e);
    } catch (IOException e) {
      // Java's words are about bytes and states of parsers.
      throw new IOException(
          String.format(Locale.ROOT, "what listens on %s, port %d, %s", address, port, NOT_IT), e);
    }
  }

  private JsonObject send(HttpRequest.Builder request, String path)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        exchange(request.timeout(PATIENCE), path, HttpResponse.BodyHandlers.ofString());
    JsonObject said = parsed(answer.body());
    check(answer.statusCode(), said, path);
    return said;
  }

  private static void check(int status, JsonObject said, String path) throws IOException {
    if (status == 401) {
      throw new IOException(
          "the token is not believed there: is it the one in the server's --admin-token-file, and"
              + " the port its --admin-port?");
    }
    if (status != 200) {
      throw new IOException(
          said.has("detail")
              ? said.get("detail").getAsString()
              : path + " answers " + status + ": is it an --admin-port?");
    }
    if (said.size() == 0) {
      throw new IOException("what answers there " + NOT_IT);
    }
  }

  /** A list in an answer. */
  static JsonArray list(JsonObject answer, String name) throws IOException {
    if (answer.get(name) instanceof JsonArray list) {
      return list;
    }
    throw new IOException("what answers there " + NOT_IT);
  }

  private static JsonObject parsed(String body) {
    try {
      return JsonParser.parseString(body).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      // Not one of ours; what it says is its status.
      return new JsonObject();
    }
  }
}
