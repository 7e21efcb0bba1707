package io.durablechat.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.Member;
import io.durablechat.core.RoomDirectory;
import io.durablechat.gateway.EndpointSettings;
import io.durablechat.gateway.auth.AuthRequest;
import io.durablechat.gateway.auth.Authenticator;
import io.durablechat.gateway.auth.Identity;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.websocket.servlet.WebSocketUpgradeFilter;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An application on Jetty that has logins of its own, and rooms in one of its contexts. */
@Timeout(60)
final class SessionLoginTest {
  private static final String KEY = "0123456789abcdefghijkl";

  private final LocalBroadcaster log = LocalBroadcaster.inMemory();
  private final RoomDirectory rooms = RoomDirectory.open(log);
  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);

  @AfterEach
  void stop() throws Exception {
    server.stop();
    rooms.close();
    log.close();
  }

  private void start(Handler handler) throws Exception {
    server.addConnector(connector);
    server.setHandler(handler);
    server.start();
  }

  /** Takes whoever says a name for that user, and keeps it in the session. */
  private static final class LoginServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) {
      request.getSession().setAttribute("user", request.getHeader("User"));
    }

    @Override
    protected void doDelete(HttpServletRequest request, HttpServletResponse response) {
      request.getSession().invalidate();
    }
  }

  /** Passes on requests as this user's. */
  private static final class SingleSignOn implements Filter {
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      request.setAttribute("realm", "staff");
      chain.doFilter(
          new HttpServletRequestWrapper((HttpServletRequest) request) {
            @Override
            public Principal getUserPrincipal() {
              return () -> getHeader("User");
            }
          },
          response);
    }
  }

  private static Optional<Identity> ofSession(AuthRequest request) {
    return request
        .sessionAttribute("user")
        .map(user -> Identity.of(Member.user(user.toString(), "Name of " + user)));
  }

  private static CompletionStage<Optional<Identity>> ofPrincipal(AuthRequest request) {
    return CompletableFuture.completedFuture(
        request
            .principal()
            .map(
                user ->
                    Identity.of(
                        Member.user(
                            request.attribute("realm").orElseThrow() + "/" + user.getName(),
                            user.getName()))));
  }

  private RawWebSocket ask(String line, String... headers) {
    List<String> lines = new ArrayList<>(List.of(line + " HTTP/1.1", "Host: localhost"));
    lines.addAll(List.of(headers));
    return RawWebSocket.request(connector.getLocalPort(), lines);
  }

  private String login(String user) {
    try (RawWebSocket answer = ask("POST /login", "User: " + user, "Content-Length: 0")) {
      assertEquals(200, answer.status());
      return "Cookie: " + answer.header("Set-Cookie").orElseThrow().split(";", 2)[0];
    }
  }

  private RawWebSocket chatV1(String... headers) {
    List<String> lines = new ArrayList<>(List.of("Sec-WebSocket-Protocol: chat.v1"));
    lines.addAll(List.of(headers));
    return RawWebSocket.open(connector.getLocalPort(), "/room/r/websocket", lines);
  }

  private JsonObject you(String... headers) {
    try (RawWebSocket socket = chatV1(headers)) {
      return hello(socket);
    }
  }

  private static JsonObject hello(RawWebSocket socket) {
    socket.send("{\"type\":\"hello\",\"key\":\"" + KEY + "\"}");
    return JsonParser.parseString(socket.receiveText().lines().findFirst().orElseThrow())
        .getAsJsonObject()
        .getAsJsonObject("you");
  }

  @Test
  void aLoginByASessionCookieSpeaksUnderTheApplicationsName() throws Exception {
    ServletContextHandler context = new ServletContextHandler("/", ServletContextHandler.SESSIONS);
    context.addServlet(new LoginServlet(), "/login");
    ChatEndpoint.mount(
        context,
        rooms,
        EndpointSettings.DEFAULT.authenticator(
            Authenticator.ofRequest(SessionLoginTest::ofSession)));
    start(context);
    String cookie = login("ann");
    try (RawWebSocket ann = chatV1(cookie);
        RawWebSocket reader = chatV1()) {
      assertEquals("{\"id\":\"user:ann\",\"name\":\"Name of ann\"}", hello(ann).toString());
      assertTrue(hello(reader).get("id").getAsString().startsWith("guest:"));
      ann.send("{\"type\":\"publish\",\"text\":\"hi\"}");
      String told = "";
      while (!told.contains("\"type\":\"message\"")) {
        told = reader.receiveText();
      }
      assertTrue(told.contains("\"from\":{\"id\":\"user:ann\",\"name\":\"Name of ann\"}"), told);
    }
    try (RawWebSocket logout = ask("DELETE /login", cookie)) {
      assertEquals(200, logout.status());
    }
    assertTrue(you(cookie).get("id").getAsString().startsWith("guest:"));
  }

  @Test
  void aHandshakeBeginsNoSession() throws Exception {
    ServletContextHandler context = new ServletContextHandler("/", ServletContextHandler.SESSIONS);
    ChatEndpoint.mount(
        context,
        rooms,
        EndpointSettings.DEFAULT.authenticator(
            Authenticator.ofRequest(SessionLoginTest::ofSession)));
    start(context);
    try (RawWebSocket nobody = chatV1()) {
      assertEquals(Optional.empty(), nobody.header("Set-Cookie"));
    }
  }

  @Test
  void aPrincipalThatAFilterAheadSetsSpeaksUnderItsName() throws Exception {
    ServletContextHandler context = new ServletContextHandler("/");
    context.addFilter(new SingleSignOn(), "/*", EnumSet.of(DispatcherType.REQUEST));
    // Jetty's own filter stands ahead of those of the application, unless it is added by hand.
    FilterHolder upgrade = new FilterHolder(WebSocketUpgradeFilter.class);
    upgrade.setName(WebSocketUpgradeFilter.class.getName());
    context.addFilter(upgrade, "/*", EnumSet.of(DispatcherType.REQUEST));
    ChatEndpoint.mount(
        context, rooms, EndpointSettings.DEFAULT.authenticator(SessionLoginTest::ofPrincipal));
    start(context);
    assertEquals("{\"id\":\"user:staff/bob\",\"name\":\"bob\"}", you("User: bob").toString());
  }

  /** Makes each request the user's that a header names, as a handler of Jetty's may. */
  private static final class UserHandler extends Handler.Wrapper {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      request.setAttribute("realm", "staff");
      String user = request.getHeaders().get("User");
      if (user != null) {
        Request.setAuthenticationState(
            request,
            new Request.AuthenticationState() {
              @Override
              public Principal getUserPrincipal() {
                return () -> user;
              }
            });
      }
      return super.handle(request, response, callback);
    }
  }

  @Test
  void aPrincipalOfAHandlerAheadPostsUnderItsName() throws Exception {
    ServletContextHandler context = new ServletContextHandler("/");
    ChatEndpoint.mount(
        context, rooms, EndpointSettings.DEFAULT.authenticator(SessionLoginTest::ofPrincipal));
    UserHandler users = new UserHandler();
    users.setHandler(context);
    start(users);
    for (String[] who : new String[][] {{"User: bob"}, {}}) {
      try (RawWebSocket posted = post(who)) {
        assertEquals(201, posted.status());
      }
    }
    try (RawWebSocket page = ask("GET /room/r/messages")) {
      String body = page.body();
      assertTrue(body.contains("\"from\":{\"id\":\"user:staff/bob\",\"name\":\"bob\"}"), body);
      assertTrue(body.contains("\"from\":{\"id\":\"anon:"), body);
    }
  }

  private RawWebSocket post(String... headers) {
    List<String> lines = new ArrayList<>(List.of("Content-Type: text/plain", "Content-Length: 0"));
    lines.addAll(List.of(headers));
    return ask("POST /room/r/messages", lines.toArray(String[]::new));
  }
}
