package io.durablechat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.durablechat.core.RoomName;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Moderates the rooms of a running server. */
@Command(
    name = "admin",
    description =
        "Moderates the rooms of a server that was started with --admin-port and"
            + " --admin-token-file.",
    mixinStandardHelpOptions = true,
    versionProvider = ChatCli.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    sortOptions = false)
final class AdminCommand implements Runnable {
  private static final String MEMBER = "Whom: an identity, as \"members\" lists them.";

  @Spec private CommandSpec spec;

  AdminCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing, such as rooms");
  }

  /** Where a member is meant, and why. */
  static final class AboutMember {
    @Parameters(paramLabel = "MEMBER", converter = MemberConverter.class, description = MEMBER)
    private String member;

    @Option(
        names = "--room",
        paramLabel = "ROOM",
        converter = RoomConverter.class,
        description = "In this room alone. Default: in all.")
    private Optional<RoomName> room;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the log.")
    private Optional<String> reason;

    AboutMember() {}

    JsonObject asked(String action) {
      JsonObject asked = AdminCommand.asked(action, room, reason);
      asked.addProperty("member", member);
      return asked;
    }
  }

  /** For how long, and whether by address. */
  static final class Extent {
    @Option(
        names = "--for",
        paramLabel = "TIME",
        converter = Age.class,
        description = "For how long, such as 10m or 7d. Default: for good.")
    private Optional<Duration> time;

    @Option(
        names = "--address",
        description = "All who come from where the member is connected from now, too.")
    private boolean address;

    Extent() {}

    void addTo(JsonObject asked) {
      time.ifPresent(t -> asked.addProperty("for", t.toMillis()));
      asked.addProperty("address", address);
    }
  }

  private static JsonObject asked(String action, Optional<RoomName> room, Optional<String> reason) {
    JsonObject asked = new JsonObject();
    asked.addProperty("action", action);
    asked.addProperty("by", System.getProperty("user.name"));
    room.ifPresent(name -> asked.addProperty("room", name.value()));
    reason.ifPresent(why -> asked.addProperty("reason", why));
    return asked;
  }

  @Command(description = "Lists the rooms that are in use.", mixinStandardHelpOptions = true)
  int rooms(@Mixin AdminClient server) throws IOException, InterruptedException {
    for (JsonElement element : AdminClient.list(server.get("/rooms"), "rooms")) {
      JsonObject room = element.getAsJsonObject();
      out().println(room.get("members").getAsInt() + "\t" + room.get("room").getAsString());
    }
    return 0;
  }

  @Command(description = "Lists who is in a room.", mixinStandardHelpOptions = true)
  int members(
      @Mixin AdminClient server,
      @Parameters(paramLabel = "ROOM", converter = RoomConverter.class) RoomName room)
      throws IOException, InterruptedException {
    for (JsonElement element :
        AdminClient.list(server.get("/members", Optional.of(room)), "members")) {
      JsonObject member = element.getAsJsonObject();
      out().println(AdminLines.text(member, "id") + "\t" + AdminLines.text(member, "name"));
    }
    return 0;
  }

  @Command(
      description = "Shows who is muted or banned, and how a room goes.",
      mixinStandardHelpOptions = true)
  int show(
      @Mixin AdminClient server,
      @Parameters(
              paramLabel = "ROOM",
              arity = "0..1",
              converter = RoomConverter.class,
              description = "Default: what holds in all rooms.")
          Optional<RoomName> room)
      throws IOException, InterruptedException {
    JsonObject state = server.get("/moderation", room);
    if (room.isPresent()) {
      out().println(AdminLines.mode(state));
    }
    AdminClient.list(state, "sanctions").forEach(s -> out().println(AdminLines.ruling(s)));
    if (room.isPresent()) {
      AdminClient.list(state, "invites").forEach(i -> out().println(AdminLines.invite(i)));
    }
    return 0;
  }

  @Command(description = "Shows who decided what, oldest first.", mixinStandardHelpOptions = true)
  int log(
      @Mixin AdminClient server,
      @Option(
              names = "--after",
              paramLabel = "NUMBER",
              description = "From after this entry on. Default: the newest.")
          Optional<Long> after,
      @Option(
              names = "--limit",
              paramLabel = "NUMBER",
              defaultValue = "100",
              description = "How many. Default: ${DEFAULT-VALUE}.")
          int limit)
      throws IOException, InterruptedException {
    String page = "?limit=" + limit + after.map(seq -> "&after=" + seq).orElse("");
    AdminClient.list(server.get("/moderation/log" + page), "log")
        .forEach(ruling -> out().println(AdminLines.ruling(ruling)));
    return 0;
  }

  @Command(
      description =
          "Tells what happens in a room, or to a member, until it is interrupted: what was said is"
              + " not told.",
      mixinStandardHelpOptions = true)
  int trace(
      @Mixin AdminClient server,
      @Option(names = "--room", paramLabel = "ROOM", converter = RoomConverter.class)
          Optional<RoomName> room,
      @Option(names = "--member", paramLabel = "MEMBER", converter = MemberConverter.class)
          Optional<String> member)
      throws IOException, InterruptedException {
    String query =
        Stream.of(
                room.map(name -> "room=" + encoded(name.value())),
                member.map(m -> "member=" + encoded(m)))
            .flatMap(Optional::stream)
            .collect(Collectors.joining("&"));
    server.follow(
        "/trace?" + query,
        event -> {
          out().println(AdminLines.event(event));
          out().flush();
        });
    return 0;
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, UTF_8);
  }

  @Command(
      description = "Deletes a message: all who have it are told to forget it.",
      mixinStandardHelpOptions = true)
  int delete(
      @Mixin AdminClient server,
      @Parameters(paramLabel = "ROOM", converter = RoomConverter.class) RoomName room,
      @Parameters(paramLabel = "SEQ", description = "The message's number in its room.") long seq,
      @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the log.")
          Optional<String> reason)
      throws IOException, InterruptedException {
    JsonObject asked = asked("delete", Optional.of(room), reason);
    asked.addProperty("seq", seq);
    return rule(server, asked);
  }

  @Command(description = "Lets a member read, but not write.", mixinStandardHelpOptions = true)
  int mute(@Mixin AdminClient server, @Mixin AboutMember about, @Mixin Extent extent)
      throws IOException, InterruptedException {
    JsonObject asked = about.asked("mute");
    extent.addTo(asked);
    return rule(server, asked);
  }

  @Command(description = "Ends a mute.", mixinStandardHelpOptions = true)
  int unmute(@Mixin AdminClient server, @Mixin AboutMember about)
      throws IOException, InterruptedException {
    return rule(server, about.asked("unmute"));
  }

  @Command(
      description = "Ends a member's sessions; it may come back.",
      mixinStandardHelpOptions = true)
  int kick(@Mixin AdminClient server, @Mixin AboutMember about)
      throws IOException, InterruptedException {
    return rule(server, about.asked("kick"));
  }

  @Command(
      description = "Ends a member's sessions and keeps it out.",
      mixinStandardHelpOptions = true)
  int ban(@Mixin AdminClient server, @Mixin AboutMember about, @Mixin Extent extent)
      throws IOException, InterruptedException {
    JsonObject asked = about.asked("ban");
    extent.addTo(asked);
    return rule(server, asked);
  }

  @Command(description = "Ends a ban.", mixinStandardHelpOptions = true)
  int unban(@Mixin AdminClient server, @Mixin AboutMember about)
      throws IOException, InterruptedException {
    return rule(server, about.asked("unban"));
  }

  @Command(
      description = "Makes members wait between two messages.",
      mixinStandardHelpOptions = true)
  int slow(
      @Mixin AdminClient server,
      @Parameters(paramLabel = "ROOM", converter = RoomConverter.class) RoomName room,
      @Parameters(paramLabel = "TIME|off", description = "For how long, such as 10s.") String time)
      throws IOException, InterruptedException {
    Optional<Duration> wait = time.equals("off") ? Optional.of(Duration.ZERO) : Age.parse(time);
    JsonObject asked = asked("slow", Optional.of(room), Optional.empty());
    asked.addProperty(
        "slow",
        wait.orElseThrow(
                () ->
                    new ParameterException(
                        spec.subcommands().get("slow"),
                        "'" + time + "' is neither a length of time, such as 10s, nor off"))
            .toMillis());
    return rule(server, asked);
  }

  @Command(
      description =
          "Prints an invite: whoever shows it may be in the room, also where rules let nobody in.",
      mixinStandardHelpOptions = true)
  int invite(
      @Mixin AdminClient server,
      @Parameters(paramLabel = "ROOM", converter = RoomConverter.class) RoomName room,
      @Option(
              names = "--for",
              paramLabel = "TIME",
              converter = Age.class,
              description = "For how long it is good, such as 7d. Default: for good.")
          Optional<Duration> time,
      @Option(
              names = "--uses",
              paramLabel = "NUMBER",
              description = "How many may come in by it. Default: as many as like.")
          Optional<Integer> uses)
      throws IOException, InterruptedException {
    JsonObject asked = asked("invite", Optional.of(room), Optional.empty());
    time.ifPresent(t -> asked.addProperty("for", t.toMillis()));
    uses.ifPresent(many -> asked.addProperty("uses", many));
    out().println(server.post("/moderation", asked).get("invite").getAsString());
    return 0;
  }

  @Command(
      description = "Makes an invite void; who came in by it stays.",
      mixinStandardHelpOptions = true)
  int revoke(
      @Mixin AdminClient server,
      @Parameters(paramLabel = "ROOM", converter = RoomConverter.class) RoomName room,
      @Parameters(paramLabel = "NUMBER", description = "What the invite begins with.") long seq)
      throws IOException, InterruptedException {
    JsonObject asked = asked("revoke", Optional.of(room), Optional.empty());
    asked.addProperty("seq", seq);
    return rule(server, asked);
  }

  @Command(
      description = "Lets only those write who moderate the room.",
      mixinStandardHelpOptions = true)
  int lock(
      @Mixin AdminClient server,
      @Parameters(paramLabel = "ROOM", converter = RoomConverter.class) RoomName room)
      throws IOException, InterruptedException {
    return rule(server, asked("lock", Optional.of(room), Optional.empty()));
  }

  @Command(description = "Lets everybody write again.", mixinStandardHelpOptions = true)
  int unlock(
      @Mixin AdminClient server,
      @Parameters(paramLabel = "ROOM", converter = RoomConverter.class) RoomName room)
      throws IOException, InterruptedException {
    return rule(server, asked("unlock", Optional.of(room), Optional.empty()));
  }

  private static int rule(AdminClient server, JsonObject asked)
      throws IOException, InterruptedException {
    server.post("/moderation", asked);
    return 0;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
