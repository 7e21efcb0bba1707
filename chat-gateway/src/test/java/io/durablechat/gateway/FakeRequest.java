package io.durablechat.gateway;

import io.durablechat.gateway.http.ApiRequest;
import io.durablechat.gateway.http.BodySource;
import io.durablechat.gateway.http.Parameters;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** A request that no server has a part in: its body comes when the test lets it. */
public final class FakeRequest implements ApiRequest, BodySource {
  private final String method;
  private final String path;
  private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Map<String, List<String>> parameters = new TreeMap<>();
  private final Queue<ByteBuffer> pieces = new ArrayDeque<>();
  private final List<Runnable> onEnd = new ArrayList<>();
  private final Map<String, Object> attributes = new HashMap<>();
  private final Map<String, Object> session = new HashMap<>();
  private String user;
  private boolean isWhole = true;
  private TimeoutException failure;
  private Runnable reader;

  public FakeRequest(String method, String path) {
    this.method = method;
    this.path = path;
  }

  public FakeRequest header(String name, String value) {
    headers.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
    return this;
  }

  public FakeRequest parameter(String name, String value) {
    parameters.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
    return this;
  }

  /** Has this attribute. */
  FakeRequest attribute(String name, Object value) {
    attributes.put(name, value);
    return this;
  }

  /** Belongs to a session with this attribute. */
  FakeRequest session(String name, Object value) {
    session.put(name, value);
    return this;
  }

  /** Is known by its container as this user's. */
  FakeRequest user(String name) {
    user = name;
    return this;
  }

  /** Announces a body, of which nothing has come. */
  public FakeRequest withBody() {
    isWhole = false;
    return this;
  }

  /** Lets a piece of the body come. */
  public void piece(String text, boolean isLast) {
    pieces.add(StandardCharsets.UTF_8.encode(text));
    isWhole = isLast;
    wake();
  }

  private void wake() {
    Runnable waiting = reader;
    reader = null;
    if (waiting != null) {
      waiting.run();
    }
  }

  /** Whether a piece is waited for. */
  public boolean isDemanded() {
    return reader != null;
  }

  /** The server is done with it. */
  void end() {
    onEnd.forEach(Runnable::run);
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String protocol() {
    return "HTTP/1.1";
  }

  @Override
  public String contextPath() {
    return "/app";
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public String rawPath() {
    return contextPath() + path;
  }

  @Override
  public Parameters parameters() {
    return new Parameters(parameters);
  }

  @Override
  public List<String> headers(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  @Override
  public Optional<InetAddress> peer() {
    return Addresses.literal("192.0.2.1");
  }

  @Override
  public Optional<Principal> principal() {
    return Optional.ofNullable(user).map(name -> () -> name);
  }

  @Override
  public Optional<Object> attribute(String name) {
    return Optional.ofNullable(attributes.get(name));
  }

  @Override
  public Optional<Object> sessionAttribute(String name) {
    return Optional.ofNullable(session.get(name));
  }

  @Override
  public boolean isBehindProxy() {
    return false;
  }

  @Override
  public String serverName() {
    return "chat.example";
  }

  @Override
  public int serverPort() {
    return 80;
  }

  @Override
  public long contentLength() {
    return -1;
  }

  @Override
  public BodySource body() {
    return this;
  }

  @Override
  public Executor executor() {
    return Runnable::run;
  }

  @Override
  public void onEnd(Runnable task) {
    onEnd.add(task);
  }

  @Override
  public void allowIdle(Duration time) {}

  @Override
  public Read read(Consumer<ByteBuffer> taker) throws IOException, TimeoutException {
    if (failure != null) {
      throw failure;
    }
    ByteBuffer piece = pieces.poll();
    if (piece == null && !isWhole) {
      return Read.NOTHING;
    }
    taker.accept(piece == null ? ByteBuffer.allocate(0) : piece);
    return isWhole && pieces.isEmpty() ? Read.LAST : Read.PIECE;
  }

  @Override
  public void demand(Runnable waiting) {
    reader = waiting;
  }

  @Override
  public void fail(TimeoutException cause) {
    failure = cause;
    wake();
  }

  @Override
  public boolean discard() {
    pieces.clear();
    return isWhole;
  }
}
