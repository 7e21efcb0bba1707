package io.durablechat.cli;

import io.durablechat.jetty.ChatServer;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Where the server listens, and how to say so.
 *
 * @param addresses what to listen on
 * @param isLocal whether only this machine can reach them
 */
record ListenAddress(List<InetAddress> addresses, boolean isLocal) {
  /** The name that stands for all loopback addresses. */
  static final String LOCALHOST = "localhost";

  /** The usual one of them. */
  static final String LOOPBACK = "127.0.0.1";

  /**
   * The addresses behind what was typed.
   *
   * @throws IOException if there are none
   */
  static ListenAddress of(String host) throws IOException {
    if (host.equals(LOCALHOST)) {
      return new ListenAddress(ChatServer.loopback(), true);
    }
    List<InetAddress> addresses = List.of(InetAddress.getAllByName(host));
    return new ListenAddress(
        addresses, addresses.stream().allMatch(InetAddress::isLoopbackAddress));
  }

  /**
   * The first address behind what was typed.
   *
   * @throws ParameterException if there is none
   */
  static InetAddress first(CommandSpec spec, String option, String host) {
    try {
      return of(host).addresses().get(0);
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(),
          String.format(Locale.ROOT, "%s: no such address: %s", option, host),
          e);
    }
  }

  /** The line that says that the server is ready, and where. */
  String readyLine(int port, boolean isSecure) throws IOException {
    String line = readyLine(port);
    return isSecure ? line.replace("http://", "https://") : line;
  }

  private String readyLine(int port) throws IOException {
    if (isLocal && addresses.equals(ChatServer.loopback())) {
      return String.format(
          Locale.ROOT,
          "Durable Chat is ready: %s (this machine only; --host 0.0.0.0 opens it to the network)",
          "http://" + LOCALHOST + ":" + port + "/");
    }
    if (!addresses.get(0).isAnyLocalAddress()) {
      return "Durable Chat is ready: " + url(port, addresses.get(0));
    }
    List<String> others = others(port);
    return String.format(
        Locale.ROOT,
        "Durable Chat is ready: http://%s:%d/%s",
        LOCALHOST,
        port,
        others.isEmpty() ? "" : ", for others " + String.join(" ", others));
  }

  private static String url(int port, InetAddress address) {
    String literal = address.getHostAddress();
    String host = address instanceof Inet6Address ? "[" + literal + "]" : literal;
    return "http://" + host + ":" + port + "/";
  }

  /** Under which addresses other machines find this one: IPv4, and IPv6 if that is listened on. */
  private List<String> others(int port) throws IOException {
    boolean both = addresses.get(0) instanceof Inet6Address;
    List<String> urls = new ArrayList<>();
    for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      for (InetAddress address : Collections.list(network.getInetAddresses())) {
        boolean reachable =
            !address.isLoopbackAddress() && !address.isLinkLocalAddress() && network.isUp();
        if (reachable && (both || address instanceof Inet4Address)) {
          urls.add(url(port, address));
        }
      }
    }
    return urls;
  }
}
