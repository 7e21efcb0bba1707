package io.durablechat.gateway;

import java.util.Objects;

/**
 * The names of settings by which a refusal says what would allow what was refused: by default the
 * methods of this library. A program with options of its own names those.
 *
 * @param allowedOrigins how to allow pages of other origins
 * @param trustedProxies how to trust proxies
 * @param adminToken how to open what takes the token of an operator
 */
public record SettingNames(String allowedOrigins, String trustedProxies, String adminToken) {
  public static final SettingNames OF_METHODS =
      new SettingNames(
          "EndpointSettings.allowedOrigins",
          "ChatServer.Builder.trustedProxies",
          "AdminServer.moderate");

  /** Requires all of them. */
  public SettingNames {
    Objects.requireNonNull(allowedOrigins);
    Objects.requireNonNull(trustedProxies);
    Objects.requireNonNull(adminToken);
  }
}
