package io.durablechat.cli;

import io.durablechat.jetty.ChatServer;
import io.durablechat.jetty.EndpointSettings;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of a server that say who may use it. */
final class AccessOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--allow-origin",
      paramLabel = "ORIGIN",
      split = ",",
      description =
          "Web pages of other origins that may use the rooms, such as https://chat.example, with"
              + " commas between. Default: none.")
  private List<String> allowedOrigins = List.of();

  @Option(
      names = "--trusted-proxy",
      paramLabel = "ADDRESS",
      split = ",",
      description =
          "Proxies whose X-Forwarded-For is taken for true: addresses, or networks such as"
              + " 10.0.0.0/8, with commas between. Default: none.")
  private List<String> trustedProxies = List.of();

  AccessOptions() {}

  EndpointSettings of(EndpointSettings settings) {
    return named("--allow-origin", allowedOrigins, settings::allowedOrigins);
  }

  ChatServer.Builder of(ChatServer.Builder server) {
    return named("--trusted-proxy", trustedProxies, server::trustedProxies);
  }

  private <T, R> R named(String option, T value, Function<T, R> set) {
    try {
      return set.apply(value);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
    }
  }
}
