package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Many connections of people who mean harm, served by one thread that never waits for any of them:
 * each has something to send over and over, as fast as the server takes it, and reads nothing
 * unless it is told to. To the server they come from whatever address they say, if it trusts this
 * machine as a proxy.
 */
final class Strangers implements AutoCloseable {
  private static final int ENOUGH_FOR_A_HEAD = 4096;
  private static final int READ_AT_ONCE = 64 << 10;

  private final int port;
  private final List<Stranger> all = new ArrayList<>();
  private Thread flood;
  private volatile boolean isOver;

  Strangers(int port) {
    this.port = port;
  }

  private static final class Stranger {
    private final SocketChannel socket;
    private ByteBuffer sending;
    private boolean isGone;

    private Stranger(SocketChannel socket) {
      this.socket = socket;
    }

    /** Sends what the socket takes; false if that was nothing. */
    private boolean send(ByteBuffer over) {
      if (sending == null || !sending.hasRemaining()) {
        sending = over.duplicate();
      }
      try {
        return !isGone && socket.write(sending) > 0;
      } catch (IOException e) {
        // It was cut off.
        isGone = true;
        return false;
      }
    }

    private void read(ByteBuffer into) {
      try {
        while (!isGone && socket.read(into.clear()) > 0) {
          // Thrown away.
        }
      } catch (IOException e) {
        isGone = true;
      }
    }
  }

  /** One text frame of a client, masked by zeros: its content travels as it is. */
  static byte[] frame(String text) {
    byte[] content = text.getBytes(UTF_8);
    ByteBuffer frame = ByteBuffer.allocate(content.length + 14).put((byte) 0x81);
    if (content.length < 126) {
      frame.put((byte) (0x80 | content.length));
    } else if (content.length < 1 << 16) {
      frame.put((byte) (0x80 | 126)).putShort((short) content.length);
    } else {
      frame.put((byte) (0x80 | 127)).putLong(content.length);
    }
    frame.putInt(0).put(content).flip();
    byte[] bytes = new byte[frame.remaining()];
    frame.get(bytes);
    return bytes;
  }

  /** Connects one more, which sends these bytes first. */
  void connect(byte[] first) throws IOException {
    SocketChannel socket = SocketChannel.open();
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    ByteBuffer sending = ByteBuffer.wrap(first);
    while (sending.hasRemaining()) {
      socket.write(sending);
    }
    socket.configureBlocking(false);
    synchronized (all) {
      all.add(new Stranger(socket));
    }
  }

  /** Connects so many WebSockets to a room, which say this first; waits for each handshake. */
  void join(int number, String room, boolean chatV1, String address, String first)
      throws IOException {
    String head =
        "GET /room/"
            + room
            + "/websocket HTTP/1.1\r\nHost: localhost:"
            + port
            + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Forwarded-For: "
            + address
            + (chatV1 ? "\r\nSec-WebSocket-Protocol: chat.v1" : "")
            + "\r\n\r\n";
    for (int i = 0; i < number; i++) {
      SocketChannel socket = SocketChannel.open();
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      socket.write(ByteBuffer.wrap(head.getBytes(US_ASCII)));
      ByteBuffer answer = ByteBuffer.allocate(ENOUGH_FOR_A_HEAD);
      while (!US_ASCII.decode(answer.duplicate().flip()).toString().contains("\r\n\r\n")) {
        if (socket.read(answer) < 0) {
          throw new IOException("no answer to handshake " + i);
        }
      }
      String status = US_ASCII.decode(answer.flip()).toString();
      if (!status.startsWith("HTTP/1.1 101 ")) {
        throw new IOException("handshake " + i + ": " + status);
      }
      if (!first.isEmpty()) {
        socket.write(ByteBuffer.wrap(frame(first)));
      }
      socket.configureBlocking(false);
      synchronized (all) {
        all.add(new Stranger(socket));
      }
    }
  }

  /** From now on each sends these bytes over and over, and reads what comes if it is to. */
  void flood(byte[] over, boolean reads) {
    ByteBuffer sending = ByteBuffer.wrap(over).asReadOnlyBuffer();
    flood =
        new Thread(
            () -> {
              ByteBuffer into = ByteBuffer.allocate(READ_AT_ONCE);
              List<Stranger> now;
              synchronized (all) {
                now = List.copyOf(all);
              }
              while (!isOver) {
                boolean some = false;
                for (Stranger stranger : now) {
                  some |= stranger.send(sending);
                  if (reads) {
                    stranger.read(into);
                  }
                }
                if (!some) {
                  // Nobody's socket takes a byte: as a person's program would, wait a little.
                  LockSupport.parkNanos(1_000_000);
                }
              }
            },
            "strangers");
    flood.setDaemon(true);
    flood.start();
  }

  /** How many of them the server has cut off, or that have gone. */
  long gone() {
    synchronized (all) {
      return all.stream().filter(s -> s.isGone).count();
    }
  }

  @Override
  public void close() {
    isOver = true;
    try {
      if (flood != null) {
        flood.join();
      }
      synchronized (all) {
        for (Stranger stranger : all) {
          stranger.socket.close();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
