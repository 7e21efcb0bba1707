package io.durablechat.cli;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Locale;

/** What the machine and the process give a server. */
final class MachineChecks {
  /** What a server has open beside its sessions. */
  private static final int OTHER_DESCRIPTORS = 500;

  /** What a session takes of the heap, roughly, with something on its way to it. */
  private static final long SESSION_BYTES = 16 << 10;

  private static final long BASE_BYTES = 64 << 20;
  private static final int MIB = 1 << 20;

  private MachineChecks() {}

  static Finding java() {
    return Finding.ok(
        "java",
        String.format(
            Locale.ROOT,
            "%s, %d processors",
            Runtime.version(),
            Runtime.getRuntime().availableProcessors()));
  }

  /** Whether so many sessions may be open: each is a file to the system. */
  static Finding descriptors(int sessions) {
    if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean os)) {
      return Finding.ok("descriptors", "not limited on this system");
    }
    long most = os.getMaxFileDescriptorCount();
    long wanted = (long) sessions + OTHER_DESCRIPTORS;
    return most >= wanted
        ? Finding.ok(
            "descriptors", String.format(Locale.ROOT, "%d, enough for %d sessions", most, sessions))
        : Finding.warn(
            "descriptors",
            String.format(
                Locale.ROOT,
                "%d, too few for %d sessions: LimitNOFILE=%d in the unit, or ulimit -n",
                most,
                sessions,
                wanted));
  }

  static Finding heap(int sessions) {
    long heap = Runtime.getRuntime().maxMemory();
    long wanted = BASE_BYTES + sessions * SESSION_BYTES;
    long machine =
        ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean os
            ? os.getTotalMemorySize()
            : Long.MAX_VALUE;
    if (heap > machine) {
      return Finding.fail(
          "heap",
          String.format(
              Locale.ROOT,
              "up to %d MiB, but there are %d MiB in all: a smaller -Xmx in CHAT_JAVA_OPTS",
              heap / MIB,
              machine / MIB));
    }
    return heap >= wanted
        ? Finding.ok(
            "heap",
            String.format(
                Locale.ROOT, "up to %d MiB, enough for %d sessions", heap / MIB, sessions))
        : Finding.warn(
            "heap",
            String.format(
                Locale.ROOT,
                "up to %d MiB, little for %d sessions: -Xmx%dm in CHAT_JAVA_OPTS",
                heap / MIB,
                sessions,
                wanted / MIB));
  }

  /** Whether somebody else listens there. */
  static Finding port(InetAddress address, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // As a server has it: a port that was in use a moment ago is free.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(address, port));
      return Finding.ok(
          "port", String.format(Locale.ROOT, "%d on %s is free", port, address.getHostAddress()));
    } catch (IOException e) {
      String seen =
          String.format(
              Locale.ROOT,
              "%d on %s: %s",
              port,
              address.getHostAddress(),
              String.valueOf(e.getMessage()));
      if (!(e instanceof BindException)) {
        return Finding.fail("port", Words.withAdvice(seen));
      }
      return seen.contains("in use")
          ? Finding.warn(
              "port", seen + "; fine if that is your server, else --port chooses another")
          : Finding.fail("port", seen + "; --port and --host choose another");
    }
  }
}
